/** Lays out a neighbourhood off the main thread. */
import { arrange, type LayoutRequest } from './layout.ts'

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => self.postMessage(arrange(data))
