/** Where things lie below the data folder. */
import { join } from 'node:path'
import { dataFolder } from '@bootgraph/build-graph/store'

export const translationFolder = (): string => join(dataFolder(), 'translations')
export const surfaceFolder = (): string => join(dataFolder(), 'surfaces')
