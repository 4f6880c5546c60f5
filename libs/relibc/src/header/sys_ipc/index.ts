/** Message queues, semaphores and shared memory of System V (sysvipc(7)); they lie in the kernel. */
import type { HeaderTable } from '../../registry/define.ts'
import { memoryRows } from './memory.ts'
import { messageRows } from './messages.ts'
import { semaphoreRows } from './semaphores.ts'

export const sysIpc: HeaderTable = {
  name: 'sys/msg, sys/sem, sys/shm',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_ipc.h.html',
  rows: [...messageRows, ...semaphoreRows, ...memoryRows],
}
