# Tcl: events, sockets, subprocesses.
cat >program.tcl <<'L'
proc fib n {expr {$n < 2 ? $n : [fib [expr {$n - 1}]] + [fib [expr {$n - 2}]]}}
puts [fib 18]
puts [exec sh -c {echo child; uname -m}]
proc answer channel {puts $channel "got [gets $channel]"; close $channel}
proc accept {channel address port} {fconfigure $channel -buffering line; fileevent $channel readable [list answer $channel]}
set server [socket -server accept -myaddr 127.0.0.1 0]
set client [socket -async 127.0.0.1 [lindex [fconfigure $server -sockname] 2]]
fconfigure $client -buffering line
fileevent $client writable {fileevent $client writable {}; puts $client hi}
fileevent $client readable {fileevent $client readable {}; puts [gets $client]; set done 1}
vwait done
after 50 {set later 1}
vwait later
puts [clock format 0 -gmt 1]
puts [regexp -all -inline {\d+} a1b22c333]
L
$RUN /usr/bin/tclsh8.6 program.tcl
