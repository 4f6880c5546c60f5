/**
 * Answers of sysconf that glibc 2.36 on x86-64 gives on every machine, by value: numbers of names (bits/confname.h) and what it answers.
 * What depends on the machine is in the ABI's own map, by key.
 */
const VALUES: readonly (readonly [value: number, names: string])[] = [
  [
    -1,
    '6 23-24 27 32 35 49-50 53-59 61-66 76 92 97 117 125-126 128 134-136 140-148 150-152 156 158 160-163 165-177 179 181-184 237-238 240 242-246',
  ],
  [200809, '9-22 46-48 51-52 67-68 77-82 95-96 132-133 137-139 149 153-154 159 164 235-236'],
  [1, '7-8 91 93-94 98-100 127 129-131 155 157 178 239'],
  [2147483647, '26 33 87 104 121-124'],
  [32, '31 42 72 107'],
  [2048, '37 43 45 120'],
  [32767, '44 110 113'],
  [20, '25 109'],
  [99, '36 38'],
  [255, '40 115'],
  [4, '73 90'],
  [127, '102 111'],
  [-128, '103 112'],
  [32768, '28'],
  [1000, '39'],
  [1024, '74'],
  [16384, '75'],
  [8192, '88'],
  [700, '89'],
  [8, '101'],
  [-2147483648, '105'],
  [64, '106'],
  [16, '108'],
  [-32768, '114'],
  [4294967295, '116'],
  [65535, '118'],
  [4096, '119'],
]

function numbers(text: string): number[] {
  return text.split(' ').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

export const glibcConstants: ReadonlyMap<number, number> = new Map(
  VALUES.flatMap(([value, names]) => numbers(names).map((name) => [name, value] as const)),
)
