# Interpreter threads, shared variables, queues, fork, pipes and alarms of Perl.
$| = 1; use strict; use warnings; use threads; use threads::shared; use Thread::Queue; use IO::Socket::INET; use Digest::SHA 'sha256_hex'; use POSIX ();
my $sum :shared = 0;
my $queue = Thread::Queue->new;
my @workers = map { threads->create(sub { my $n = 0; while (defined(my $x = $queue->dequeue)) { $n++; lock $sum; $sum += $x * $x } $n }) } 1 .. 4;
$queue->enqueue(1 .. 2000);
$queue->end;
my $done = 0;
$done += $_->join for @workers;
print "threads $done $sum\n";
pipe my $r, my $w;
my $pid = fork // die;
if (!$pid) { close $r; print $w sha256_hex('child'), "\n"; close $w; POSIX::_exit(5) }
close $w;
print <$r>;
waitpid $pid, 0;
print $? >> 8, "\n", `/bin/echo shell`;
local $SIG{ALRM} = sub { die "alarm\n" };
eval { alarm 1; select undef, undef, undef, 30; };
print $@;
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die;
my $serve = threads->create(sub { for (1 .. 5) { my $c = $server->accept; print $c scalar reverse(scalar <$c>), "\n"; close $c } });
for my $i (1 .. 5) { my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->sockport) or die; print $c "text $i\n"; local $/; my $a = <$c>; $a =~ s/\s+/ /g; print "$a\n" }
$serve->join;
my %h; $h{$_ % 5003} .= chr(65 + $_ % 26) for 1 .. 200000; my $text = join ',', map { "$_$h{$_}" } sort keys %h; (my $vowels = $text) =~ tr/AEIOU//cd;
print length($text), ' ', length($vowels), ' ', sha256_hex($text), "\n";
