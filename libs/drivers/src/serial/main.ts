import type { DebugSink } from '@bootgraph/kernel'
import { Lsr, Register, type Uart16550 } from '../devices/uart-16550.ts'

const LOOPBACK = 0x10

/** The serial console as Redox's kernel drives it (kernel src/devices/uart_16550.rs). Newline goes out as carriage return and newline. */
export class Serial {
  private readonly uart: Uart16550

  constructor(uart: Uart16550) {
    this.uart = uart
  }

  /** 8 data bits, no parity, one stop bit, divisor 1. False if the loopback test finds no working UART. */
  init(): boolean {
    const { uart } = this
    uart.write(Register.ier, 0)
    uart.write(Register.lcr, 0x80)
    uart.write(Register.data, 1)
    uart.write(Register.ier, 0)
    uart.write(Register.lcr, 3)
    uart.write(Register.fcr, 0xc7)
    uart.write(Register.mcr, LOOPBACK)
    for (const pattern of [0x55, 0xaa]) {
      uart.write(Register.data, pattern)
      if (uart.read(Register.data) !== pattern) return false
    }
    uart.write(Register.mcr, 0x0f)
    uart.write(Register.ier, 1)
    return true
  }

  /** The byte that has arrived, if one has. */
  receive(): number | undefined {
    return this.uart.read(Register.lsr) & Lsr.dataReady ? this.uart.read(Register.data) : undefined
  }

  /** What the kernel's scheme debug writes to. */
  readonly write: DebugSink = (bytes) => {
    for (const byte of bytes) {
      if (byte === 8 || byte === 0x7f) for (const part of [8, 0x20, 8]) this.send(part)
      else {
        if (byte === 10) this.send(13)
        this.send(byte)
      }
    }
  }

  private send(byte: number): void {
    while (!(this.uart.read(Register.lsr) & Lsr.transmitEmpty));
    this.uart.write(Register.data, byte)
  }
}
