/** The door of the drivers room: device models and the drivers that own them. */
export { Lsr, Register, Uart16550, type UartLine } from './devices/uart-16550.ts'
export { Serial } from './serial/main.ts'
