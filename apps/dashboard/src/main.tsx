import './styles/tokens.css'
import './styles/fonts.css'
import './styles/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { cache } from './api/cache.ts'
import { followEvents } from './api/live.ts'
import { router } from './routes.tsx'
import { applyTheme } from './shell/theme.ts'

applyTheme()
followEvents(cache)
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
