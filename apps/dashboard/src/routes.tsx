/** Every URL of the dashboard: the page it shows, loaded when first needed, and the parameters that it knows. */
import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router'
import { Empty } from './components/empty.tsx'
import { Problem } from './components/problem.tsx'
import { parseSearch, searchOf, stringifySearch } from './search.ts'
import { Shell } from './shell/shell.tsx'

function NotFound() {
  return (
    <div className="stack">
      <h1>Not found</h1>
      <Empty why="There is no page at this address.">
        <p>
          <Link to="/">Back to the ladder</Link>
        </p>
      </Empty>
    </div>
  )
}

/** A page that broke leaves what stands around it. */
function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="stack">
      <h1>This page failed</h1>
      <Problem error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    </div>
  )
}

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
})

/** What a page knows, checked and named in one place. */
const knows = <K extends string>(...search: K[]) => ({
  validateSearch: searchOf(...search),
  staticData: { search: search as readonly string[] },
})

const ladder = createRoute({
  getParentRoute: () => root,
  path: '/',
  ...knows('surface', 'mode', 'rung'),
  component: lazyRouteComponent(() => import('./pages/ladder/ladder-page.tsx'), 'LadderPage'),
})
const builds = createRoute({
  getParentRoute: () => root,
  path: '/builds',
  ...knows('state', 'stage', 'surface'),
  component: lazyRouteComponent(() => import('./pages/builds/builds-page.tsx'), 'BuildsPage'),
})
const build = createRoute({
  getParentRoute: () => root,
  path: '/builds/$build',
  ...knows(),
  component: lazyRouteComponent(() => import('./pages/build/build-page.tsx'), 'BuildPage'),
})
const units = createRoute({
  getParentRoute: () => root,
  path: '/builds/$build/units',
  ...knows('state', 'stage', 'rung', 'gap', 'blockedBy', 'q', 'sort'),
  component: lazyRouteComponent(() => import('./pages/units/units-page.tsx'), 'UnitsPage'),
})
const graph = createRoute({
  getParentRoute: () => root,
  path: '/builds/$build/graph',
  ...knows('view', 'unit', 'hops', 'mark', 'find'),
  component: lazyRouteComponent(() => import('./pages/graph/graph-page.tsx'), 'GraphPage'),
})
const unit = createRoute({
  getParentRoute: () => root,
  path: '/builds/$build/units/$unit',
  ...knows('view', 'attempt', 'stream', 'find'),
  component: lazyRouteComponent(() => import('./pages/unit/unit-page.tsx'), 'UnitPage'),
})
const gaps = createRoute({
  getParentRoute: () => root,
  path: '/gaps',
  ...knows('truth', 'state', 'component', 'kind', 'surface', 'linkage', 'q', 'sort'),
  component: lazyRouteComponent(() => import('./pages/gaps/gaps-page.tsx'), 'GapsPage'),
})
const gap = createRoute({
  getParentRoute: () => root,
  path: '/gaps/$truth/$component/$kind/$name',
  ...knows(),
  component: lazyRouteComponent(() => import('./pages/gap/gap-page.tsx'), 'GapPage'),
})
const surfaces = createRoute({
  getParentRoute: () => root,
  path: '/surfaces',
  ...knows('date', 'vs', 'change', 'q'),
  component: lazyRouteComponent(() => import('./pages/surfaces/surfaces-page.tsx'), 'SurfacesPage'),
})
const workers = createRoute({
  getParentRoute: () => root,
  path: '/workers',
  ...knows(),
  component: lazyRouteComponent(() => import('./pages/workers/workers-page.tsx'), 'WorkersPage'),
})
const start = createRoute({
  getParentRoute: () => root,
  path: '/start',
  ...knows('stage', 'rungs', 'linkage', 'targetLinkage', 'surface', 'mode', 'toolchain', 'overlays'),
  component: lazyRouteComponent(() => import('./pages/start/start-page.tsx'), 'StartPage'),
})
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  ...knows('a', 'b', 'linkages', 'class'),
  component: lazyRouteComponent(() => import('./pages/compare/compare-page.tsx'), 'ComparePage'),
})

export const router = createRouter({
  routeTree: root.addChildren([ladder, builds, build, units, graph, unit, gaps, gap, surfaces, workers, start, compare]),
  parseSearch,
  stringifySearch,
  defaultErrorComponent: Broken,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    search?: readonly string[]
  }
}
