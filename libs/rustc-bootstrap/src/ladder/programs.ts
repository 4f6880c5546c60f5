/** What the rungs run and compile: three small ELF files of our own (sources in data/programs) and a few lines of Rust. */
import programs from '../../data/programs/programs.json' with { type: 'json' }

export function program(name: keyof typeof programs): Uint8Array {
  return Buffer.from(programs[name], 'base64')
}

export const RUST = {
  check:
    'pub struct Point<T> {\n    pub x: T,\n    pub y: T,\n}\n\nimpl<T: Copy + std::ops::Add<Output = T>> Point<T> {\n    pub fn sum(&self) -> T {\n        self.x + self.y\n    }\n}\n',
  object: '#[no_mangle]\npub extern "C" fn triangle(n: u32) -> u32 {\n    (1..=n).map(|i| i.wrapping_mul(3)).sum()\n}\n',
  /** Needs no crate of another compiler. */
  withoutCore:
    '#![feature(no_core, lang_items)]\n#![no_core]\n#[lang = "sized"]\npub trait Sized {}\n#[lang = "copy"]\npub trait Copy {}\npub struct Pair<A, B> {\n    pub first: A,\n    pub second: B,\n}\npub fn swap<A, B>(pair: Pair<A, B>) -> Pair<B, A> {\n    Pair { first: pair.second, second: pair.first }\n}\n',
  hello: 'fn main() {\n    println!("hello from rustc");\n}\n',
  macro: `extern crate proc_macro;
use proc_macro::{TokenStream, TokenTree};

#[proc_macro]
pub fn count_tokens(input: TokenStream) -> TokenStream {
    let count = input.into_iter().filter(|t| !matches!(t, TokenTree::Punct(_))).count();
    count.to_string().parse().unwrap()
}
`,
  /** Does not compile unless the macro ran and answered 3. */
  macroUser: 'pub const THREE: [u8; 3] = [0; counting::count_tokens!(a, b, c)];\n',
} as const
