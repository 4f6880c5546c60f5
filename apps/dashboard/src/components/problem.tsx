import { CircleX } from 'lucide-react'
import type { ProblemError } from '../api/client.ts'
import styles from './notice.module.css'
import { SignIn } from './sign-in.tsx'

/** What failed, by the server's own words, with what a report of it needs. */
export function Problem({ error, retry }: { error: Error; retry?: () => void }) {
  const { code, requestId, status } = error as Partial<ProblemError>
  return (
    <div className={styles.notice} data-kind="problem" role="alert">
      <CircleX size={20} aria-hidden="true" />
      <div>
        <h2>{error.message}</h2>
        <p className="muted">
          {code === undefined ? 'No answer came; is the server running?' : <code>{code}</code>}
          {status !== undefined && ` · HTTP ${status}`}
          {requestId !== undefined && (
            <>
              {' · request '}
              <code>{requestId}</code>
            </>
          )}
        </p>
        {code === 'unauthorised' && <SignIn />}
      </div>
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}
