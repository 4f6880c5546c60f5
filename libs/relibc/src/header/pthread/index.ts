/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/pthread.h.html */
import type { HeaderTable } from '../../registry/define.ts'
import { cancelRows } from './cancel.ts'
import { mutexRows } from './mutex.ts'
import { scheduleRows } from './schedule.ts'
import { threadRows } from './thread.ts'
import { waitRows } from './wait.ts'

export const pthread: HeaderTable = {
  name: 'pthread',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/pthread.h.html',
  rows: [...threadRows, ...mutexRows, ...waitRows, ...cancelRows, ...scheduleRows],
}
