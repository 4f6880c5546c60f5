import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const dist = fileURLToPath(new URL('../../dist/dashboard', import.meta.url))

/** `npx vite apps/dashboard` serves the sources and asks the API that runs beside it. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    cssCodeSplit: false,
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': `http://127.0.0.1:${process.env.BOOTGRAPH_PORT ?? 7420}` } },
})
