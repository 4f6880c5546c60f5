/** The door of the store: content-addressed blobs and trees on this host. Not for a browser. */
export * from './changed-paths.ts'
export * from './data-folder.ts'
export * from './folder.ts'
export * from './layered.ts'
export * from './memory.ts'
export * from './merge-trees.ts'
export * from './store.ts'
export * from './tree-io.ts'
