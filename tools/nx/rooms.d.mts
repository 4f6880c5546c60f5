interface RoomNodes {
  readonly projects: Readonly<Record<string, { readonly targets?: Readonly<Record<string, object>> }>>
}

export const name: string
export const createNodesV2: readonly [
  pattern: string,
  nodesOf: (files: readonly string[], options: unknown, context: { workspaceRoot: string }) => [file: string, RoomNodes][],
]
