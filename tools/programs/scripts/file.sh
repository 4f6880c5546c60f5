# packages: file
printf '1\n2\n' > x; echo '{"a":1}' > j
file x j /usr/bin/git /usr/lib/x86_64-linux-gnu/libz.so.1 .; file -i x; echo '#!/bin/sh' > s; file s; gzip -nk x; file x.gz; file --mime-encoding x; printf '\x89PNG\r\n\x1a\n' | file -; file none
