/** Symbolic links on the host are made by the parent of the node's process, which is behind a fence that lets it make none. */
import type { NodeEvent } from '@bootgraph/build-graph'
import type { MakeLink } from './folder-layer.ts'
import { LINK_ASKED, Word } from './supervisor.ts'

/** `emit` reaches the parent by way of the process's main thread, which puts the answer into `words`; this thread waits for it. */
export function linkByParent(words: Int32Array, emit: (event: NodeEvent) => void): MakeLink {
  return (target, path) => {
    Atomics.store(words, Word.link, LINK_ASKED)
    emit({ event: 'make-link', path, target })
    Atomics.wait(words, Word.link, LINK_ASKED)
    return -Atomics.load(words, Word.link)
  }
}
