// Goroutines, channels, select, locks, the collector, pre-emption by signals, child processes, HTTP, timers: prints only what no schedule changes.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type node struct {
	left, right *node
	value       int
}

func build(depth int) *node {
	if depth == 0 {
		return &node{value: 1}
	}
	return &node{build(depth - 1), build(depth - 1), depth}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.left.sum() + n.right.sum()
}

func channels() {
	in, out := make(chan int, 4), make(chan int)
	var workers sync.WaitGroup
	for i := 0; i < 50; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for v := range in {
				out <- v * v
			}
		}()
	}
	go func() {
		for i := 0; i < 20000; i++ {
			in <- i
		}
		close(in)
		workers.Wait()
		close(out)
	}()
	sum := 0
	for v := range out {
		sum += v
	}
	fmt.Println("channels", sum)
	ring := make([]chan int, 1001)
	for i := range ring {
		ring[i] = make(chan int)
	}
	for i := 0; i < 1000; i++ {
		go func(i int) { ring[i+1] <- 1 + <-ring[i] }(i)
	}
	ring[0] <- 0
	fmt.Println("ring", <-ring[1000])
}

func garbage() {
	debug.SetGCPercent(20)
	var wait sync.WaitGroup
	var total int64
	for g := 0; g < 8; g++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			kept := build(10)
			for i := 0; i < 60; i++ {
				atomic.AddInt64(&total, int64(build(9).sum()))
				_ = make([]byte, 1<<14)
			}
			atomic.AddInt64(&total, int64(kept.sum()))
		}()
	}
	wait.Wait()
	runtime.GC()
	var statistics runtime.MemStats
	runtime.ReadMemStats(&statistics)
	fmt.Println("garbage", total, statistics.NumGC > 5)
}

var spinning int64

// Loops without calls: only the signal gets others onto their processors, and the collector past them.
func preemption() {
	var stop int32
	var wait sync.WaitGroup
	for i := 0; i < 4; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			x := uint64(1)
			for spin := 0; spin < 1<<24; spin++ {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
			}
			atomic.AddInt64(&spinning, int64(x&1)+1)
		}()
	}
	go func() {
		for i := 0; i < 10; i++ {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
		atomic.StoreInt32(&stop, 1)
	}()
	for atomic.LoadInt32(&stop) == 0 {
	}
	wait.Wait()
	fmt.Println("preempted", spinning == 4 || spinning == 8)
}

func processes() {
	var wait sync.WaitGroup
	outputs := make([]string, 8)
	for i := range outputs {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			output, err := exec.Command("/bin/echo", "child", fmt.Sprint(i)).CombinedOutput()
			outputs[i] = fmt.Sprint(strings.TrimSpace(string(output)), err)
		}(i)
	}
	wait.Wait()
	sort.Strings(outputs)
	fmt.Println(outputs)
	command := exec.Command("/bin/cat")
	command.Stdin = bytes.NewReader(make([]byte, 300000))
	output, err := command.Output()
	fmt.Println("cat", len(output), err)
	_, err = exec.Command("/no/such/program").Output()
	fmt.Println(err)
	command = exec.Command("/bin/sleep", "1000")
	fmt.Println(command.Start(), command.Process.Kill(), command.Wait())
}

func web() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%x", sha256.Sum256(body))
	})}
	go server.Serve(listener)
	var wait sync.WaitGroup
	var good int64
	for i := 0; i < 40; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			body := strings.Repeat("body ", i*50)
			response, err := http.Post("http://"+listener.Addr().String()+"/", "text/plain", strings.NewReader(body))
			if err != nil {
				fmt.Println(err)
				return
			}
			answer, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if string(answer) == fmt.Sprintf("%x", sha256.Sum256([]byte(body))) {
				atomic.AddInt64(&good, 1)
			}
		}(i)
	}
	wait.Wait()
	server.Close()
	fmt.Println("http", good)
}

func timers() {
	ticker, ticks := time.NewTicker(2*time.Millisecond), 0
	deadline := time.After(20 * time.Second)
	for ticks < 25 {
		select {
		case <-ticker.C:
			ticks++
		case <-deadline:
			fmt.Println("the ticker does not tick")
			ticks = 25
		}
	}
	ticker.Stop()
	fmt.Println("ticks", ticks)
}

func signals() {
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println("signal", <-got)
	defer func() { fmt.Println("recovered", recover()) }()
	var nothing *node
	fmt.Println(nothing.value)
}

func main() {
	runtime.GOMAXPROCS(2)
	fmt.Println(runtime.GOOS, runtime.GOARCH)
	channels()
	garbage()
	preemption()
	processes()
	web()
	timers()
	signals()
}
