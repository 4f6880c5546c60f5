import { expect, test } from 'vitest'
import { Register, Uart16550 } from '../devices/uart-16550.ts'
import { Serial } from './main.ts'

function console() {
  const sent: number[] = []
  const interrupts: boolean[] = []
  const uart = new Uart16550({ transmit: (byte) => void sent.push(byte), interrupt: (raised) => void interrupts.push(raised) })
  const serial = new Serial(uart)
  return { sent, interrupts, uart, serial, ready: serial.init() }
}

test('initialisation passes the loopback test and nothing of it reaches the wire', () => {
  const { ready, sent, uart } = console()
  expect(ready).toBe(true)
  expect(sent).toEqual([])
  expect(uart.read(Register.ier)).toBe(1)
})

test('a newline is sent as carriage return and newline, a backspace wipes', () => {
  const { serial, sent } = console()
  serial.write(new Uint8Array([65, 10, 0x7f]))
  expect(sent).toEqual([65, 13, 10, 8, 32, 8])
})

test('a byte raises the interrupt until it is read', () => {
  const { serial, uart, interrupts } = console()
  uart.receive(0x41)
  expect(interrupts).toEqual([true])
  expect(uart.read(Register.iir)).toBe(0xc4)
  expect(serial.receive()).toBe(0x41)
  expect(serial.receive()).toBeUndefined()
  expect(interrupts).toEqual([true, false])
})

test('the divisor latch hides data and interrupt enable', () => {
  const { uart, sent } = console()
  uart.write(Register.lcr, 0x83)
  uart.write(Register.data, 12)
  uart.write(Register.ier, 1)
  expect([uart.read(Register.data), uart.read(Register.ier)]).toEqual([12, 1])
  uart.write(Register.lcr, 3)
  expect(sent).toEqual([])
})

test('a full receive queue loses the byte and says overrun once', () => {
  const { uart } = console()
  for (let byte = 0; byte < 17; byte++) uart.receive(byte)
  expect(uart.read(Register.lsr) & 2).toBe(2)
  expect(uart.read(Register.lsr) & 2).toBe(0)
  expect(Array.from({ length: 16 }, () => uart.read(Register.data))).toEqual([...Array(16).keys()])
})
