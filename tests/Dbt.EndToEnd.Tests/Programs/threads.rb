# Threads, queues, fibers, processes and signals of Ruby.
$stdout.sync = true
require 'digest'
require 'socket'
require 'timeout'
require 'json'

queue, results = Queue.new, Queue.new
workers = 6.times.map { Thread.new { while (n = queue.pop) != :end; results << (1..n).reduce(:*).to_s.length; end } }
200.times { |i| queue << i * 3 + 1 }
6.times { queue << :end }
workers.each(&:join)
puts "queue #{results.size} #{Array.new(results.size) { results.pop }.sum}"
lock, count = Mutex.new, 0
8.times.map { Thread.new { 5000.times { lock.synchronize { count += 1 } } } }.each(&:join)
puts "mutex #{count}"
fiber = Fiber.new { 5.times { |i| Fiber.yield i * i }; :done }
puts 6.times.map { fiber.resume }.inspect
puts `/bin/echo from a shell`.strip, $?.exitstatus
reader, writer = IO.pipe
pid = fork { reader.close; writer.puts "child #{Digest::SHA256.hexdigest('x')}"; exit! 3 }
writer.close
puts reader.read
Process.wait pid
puts $?.exitstatus
server = TCPServer.new '127.0.0.1', 0
serving = Thread.new { 10.times { client = server.accept; client.puts client.gets.reverse; client.close } }
puts 10.times.map { |i| s = TCPSocket.new '127.0.0.1', server.addr[1]; s.puts "line #{i}"; a = s.read; s.close; a.strip }.inspect
serving.join
trap('USR1') { puts 'signal' }
Process.kill 'USR1', Process.pid
sleep 0.01
begin; Timeout.timeout(0.05) { loop { } }; rescue Timeout::Error; puts 'timeout'; end
$VERBOSE = nil
Warning[:experimental] = false
puts Ractor.new { (1..1000).sum }.take rescue puts 'ractor'
GC.stress = false
words = Hash.new 0
50_000.times { |i| words["w#{i % 997}"] += i }
GC.start
puts words.values.sum, JSON.parse(JSON.generate(words)).size, 2 ** 200, Math.sin(1), [3, 1, 2].sort.inspect, 'äöü'.upcase
