#!/bin/sh
# Usage: record.sh TOOLCHAIN SOURCE OUT: the toolchain's usr folder, the unpacked and patched source, an empty folder.
set -e
TOOLCHAIN=$1 SOURCE=$2 OUT=$3
cd "$SOURCE"
rm -f Cargo.lock
python3 - <<'PY'
import glob, json, re
manifest = open('Cargo.toml').read()
manifest = re.sub(r'default-members = \[[^\]]*\]\n', '', manifest)
manifest = re.sub(r'(?s)\nmembers = \[.*?\n\]', '\nmembers = ["compiler/rustc", "library/std", "library/test"]', manifest, count=1)
open('Cargo.toml', 'w').write(manifest)
for path in glob.glob('vendor/*/.cargo-checksum.json'):
    checksum = json.load(open(path))
    checksum['files'] = {}
    json.dump(checksum, open(path, 'w'))
PY
mkdir -p .cargo
printf '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "vendor"\n' > .cargo/config.toml
export PATH="$TOOLCHAIN/bin:$PATH" LD_LIBRARY_PATH="$TOOLCHAIN/lib/x86_64-linux-gnu" RUSTC="$TOOLCHAIN/bin/rustc" CARGO_HOME="$OUT/home"
export RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=bootgraph RUSTFLAGS=-Zforce-unstable-if-unmarked
build() {
  cargo build --offline --release --manifest-path library/test/Cargo.toml --target x86_64-unknown-redox --features backtrace,panic-unwind "$@"
}
build --unit-graph -Z unstable-options > "$OUT/unit-graph.json"
build --target-dir "$OUT/target" -v 2> "$OUT/commands.log" > "$OUT/build-scripts.log"
build --target-dir "$OUT/target-vv" -vv 2> "$OUT/environments.log" > "$OUT/build-scripts.log"
