/** Entry of the node image: the process's main thread, which takes the request, watches the wall limit and passes events on. */
import { supervise } from './host/supervisor.ts'

supervise(__dirname)
