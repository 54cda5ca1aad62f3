# Haskell programs: pandoc with two threads of the runtime, ShellCheck.
printf '# Title\n\nSome *text* and a [link](http://example.org).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n' >page.md
for format in html latex rst json; do $RUN /usr/bin/pandoc +RTS -N2 -RTS page.md -t $format; done
$RUN /usr/bin/pandoc page.md -o page.docx && $RUN /usr/bin/pandoc page.docx -t plain
printf '#!/bin/sh\nfor i in $(ls); do echo $i; done\n[ $a == b ] && read x\n' >script.sh
$RUN /usr/bin/shellcheck -f gcc script.sh
echo "status $?"
