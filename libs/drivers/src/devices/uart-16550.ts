/**
 * A 16550 UART as hardware: eight registers in, line output and an interrupt line out (National Semiconductor PC16550D).
 * Transmission takes no time: the transmitter is always empty.
 */

export const Register = { data: 0, ier: 1, fcr: 2, iir: 2, lcr: 3, mcr: 4, lsr: 5, msr: 6, scratch: 7 } as const
export const Lsr = { dataReady: 1, overrun: 2, transmitEmpty: 0x20, idle: 0x40 } as const
const DLAB = 0x80
const LOOPBACK = 0x10
const FIFO_DEPTH = 16

export interface UartLine {
  /** A byte leaves on the wire. */
  transmit(byte: number): void
  /** The interrupt line changed (COM1: IRQ 4). */
  interrupt?(raised: boolean): void
}

export class Uart16550 {
  private readonly line: UartLine
  private readonly received: number[] = []
  private ier = 0
  private lcr = 0
  private mcr = 0
  private scratch = 0
  private divisor = 1
  private fifo = false
  private overrun = false
  private transmitPending = false
  private raised = false

  constructor(line: UartLine) {
    this.line = line
  }

  /** The guest reads a register; only the low three bits of `register` are wired. */
  read(register: number): number {
    const value = this.fetch(register & 7)
    this.update()
    return value
  }

  /** The guest writes a register; only the low eight bits of `value` are wired. */
  write(register: number, value: number): void {
    this.store(register & 7, value & 0xff)
    this.update()
  }

  /** A byte arrives on the wire. */
  receive(byte: number): void {
    if (this.mcr & LOOPBACK) return
    this.take(byte & 0xff)
    this.update()
  }

  private fetch(register: number): number {
    const latch = (this.lcr & DLAB) !== 0
    switch (register) {
      case Register.data:
        return latch ? this.divisor & 0xff : (this.received.shift() ?? 0)
      case Register.ier:
        return latch ? this.divisor >> 8 : this.ier
      case Register.iir: {
        const cause = this.cause()
        if (cause === 2) this.transmitPending = false
        return cause | (this.fifo ? 0xc0 : 0)
      }
      case Register.lcr:
        return this.lcr
      case Register.mcr:
        return this.mcr
      case Register.lsr: {
        const status = Lsr.transmitEmpty | Lsr.idle | (this.received.length > 0 ? Lsr.dataReady : 0) | (this.overrun ? Lsr.overrun : 0)
        this.overrun = false
        return status
      }
      case Register.msr:
        // Looped back, the modem outputs are the inputs; else a peer that is always there (DCD, DSR, CTS).
        return this.mcr & LOOPBACK ? ((this.mcr & 2) << 3) | ((this.mcr & 1) << 5) | ((this.mcr & 12) << 4) : 0xb0
      default:
        return this.scratch
    }
  }

  private store(register: number, value: number): void {
    const latch = (this.lcr & DLAB) !== 0
    switch (register) {
      case Register.data:
        if (latch) this.divisor = (this.divisor & 0xff00) | value
        else {
          if (this.mcr & LOOPBACK) this.take(value)
          else this.line.transmit(value)
          this.transmitPending = true
        }
        return
      case Register.ier:
        if (latch) this.divisor = (value << 8) | (this.divisor & 0xff)
        else {
          if (value & ~this.ier & 2) this.transmitPending = true
          this.ier = value & 15
        }
        return
      case Register.fcr:
        this.fifo = (value & 1) !== 0
        if (value & 2) this.received.length = 0
        return
      case Register.lcr:
        this.lcr = value
        return
      case Register.mcr:
        this.mcr = value & 0x1f
        return
      case Register.scratch:
        this.scratch = value
    }
  }

  private take(byte: number): void {
    if (this.received.length < (this.fifo ? FIFO_DEPTH : 1)) this.received.push(byte)
    else this.overrun = true
  }

  /** Interrupt identification by priority: 6 line status, 4 data, 2 transmitter empty, 1 none. */
  private cause(): number {
    if (this.ier & 4 && this.overrun) return 6
    if (this.ier & 1 && this.received.length > 0) return 4
    if (this.ier & 2 && this.transmitPending) return 2
    return 1
  }

  private update(): void {
    // OUT2 gates the line on a PC.
    const raised = this.cause() !== 1 && (this.mcr & 8) !== 0
    if (raised === this.raised) return
    this.raised = raised
    this.line.interrupt?.(raised)
  }
}
