import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { api, ask } from '../api/client.ts'

/** Swaps a token for a cookie that scripts cannot read, then asks everything again. */
export function SignIn() {
  const [secret, setSecret] = useState('')
  const field = useId()
  const cache = useQueryClient()
  const open = useMutation({
    mutationFn: () => ask(api.POST('/session', { body: { secret } })),
    onSuccess: () => cache.resetQueries(),
  })
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault()
        open.mutate()
      }}
    >
      <label htmlFor={field}>Token</label>
      <input
        id={field}
        type="password"
        autoComplete="current-password"
        required
        value={secret}
        onChange={({ target }) => setSecret(target.value)}
      />
      <button type="submit" disabled={open.isPending}>
        Use it
      </button>
      {open.error && <span role="alert">{open.error.message}</span>}
    </form>
  )
}
