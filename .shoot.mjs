import { chromium } from 'playwright-core'; import { readFileSync } from 'node:fs'
const base=process.env.BASE??'http://127.0.0.1:9911'; const out=process.env.OUT??'/tmp/dash/shots'
const axe=readFileSync('node_modules/axe-core/axe.min.js','utf8')
const which=process.argv.slice(2)
const F='u-serde-derive-1'
const pages={ladder:'/',rung:'/?rung=r9',builds:'/builds',build:'/builds/b41c9e2aa7f0',ended:'/builds/b40aa1',units:'/builds/b41c9e2aa7f0/units?state=failed,blocked',map:'/builds/b41c9e2aa7f0/graph',marked:'/builds/b41c9e2aa7f0/graph?unit=UNIT&mark=blocked-by:UNIT',focus:'/builds/b41c9e2aa7f0/graph?view=focus&unit=UNIT',list:'/builds/b41c9e2aa7f0/graph?view=list',unit:'/builds/b41c9e2aa7f0/units/UNIT',log:'/builds/b41c9e2aa7f0/units/UNIT?view=log&find=cannot#L41',why:'/builds/b41c9e2aa7f0/units/UNIT?view=why',files:'/builds/b41c9e2aa7f0/units/UNIT?view=files',pair:'/builds/b41c9e2aa7f0/units/UNIT?view=pair',gaps:'/gaps',gap:'/gaps/upstream/relibc/symbol-missing/socketpair',workers:'/workers',surfaces:'/surfaces?date=2026-08-21&vs=2020-09-30',start:'/start',compare:'/compare?a=b40aa1&b=b41c9e2aa7f0',unknown:'/builds/none?x=1',nopage:'/nowhere'}
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-dev-shm-usage']})
const g=await (await fetch(base+'/api/v1/builds/b41c9e2aa7f0/graph')).json(); const UNIT=g.units.id[g.units.state.indexOf('failed')]
for(const [size,w,h] of [['desktop',1440,900],['phone',360,780]]) for(const theme of ['light','dark']) { if(process.env.ONLY&&!`${size}-${theme}`.includes(process.env.ONLY))continue
 const ctx=await b.newContext({viewport:{width:w,height:h},colorScheme:theme,...(size==='phone'?{hasTouch:true,isMobile:true}:{})}); const p=await ctx.newPage(); p.on('pageerror',e=>console.log('PAGEERROR',e.message)); p.on('console',m=>{if(m.type()==='error'&&!m.text().includes('404'))console.log('CONSOLE',m.text())})
 for(const [n,u] of Object.entries(pages)){ if(which.length&&!which.includes(n))continue
  await p.goto(base+u.replaceAll('UNIT',UNIT)); await p.waitForTimeout(700); await p.screenshot({path:`${out}/${n}-${size}-${theme}.png`})
  const over=await p.evaluate(()=>document.documentElement.scrollWidth-innerWidth); if(over>0)console.log(n,size,'overflows by',over)
  await p.evaluate(axe); const v=await p.evaluate(()=>axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})); for(const x of v.violations)console.log(n,size,theme,x.id,x.nodes.length,x.nodes.slice(0,2).map(y=>y.target.join(' ')+' :: '+y.failureSummary.split('\n')[1]).join(' | ')) }
 await ctx.close() }
await b.close()
