import { testBrokenRows } from '../../test/broken-rows.ts'

testBrokenRows(8)
