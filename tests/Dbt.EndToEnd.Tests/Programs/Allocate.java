import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** Threads that allocate, lock, wait, throw and interrupt under every collector; prints only what no schedule changes. */
public class Allocate {
    static final ConcurrentHashMap<Integer, Object[]> live = new ConcurrentHashMap<>();
    static final LongAdder made = new LongAdder();
    static int guarded;
    static volatile int published;

    static final class Node { Node left, right; final int depth; Node(int d) { depth = d; if (d > 0) { left = new Node(d - 1); right = new Node(d - 1); } } int count() { return left == null ? 1 : 1 + left.count() + right.count(); } }

    static long work(int seed, int rounds) {
        long sum = 0;
        Random random = new Random(seed);
        for (int i = 0; i < rounds; i++) {
            Object[] list = new Object[random.nextInt(200) + 1];
            for (int k = 0; k < list.length; k++) list[k] = new byte[random.nextInt(300)];
            live.put(seed * 64 + i % 64, list);
            made.add(list.length);
            if (i % 50 == 0) sum += new Node(10).count();
            synchronized (Allocate.class) { guarded++; }
            sum += String.valueOf(i * 31 + seed).hashCode();
            try { if (i % 97 == 0) throw new IllegalStateException("x" + i); } catch (IllegalStateException e) { sum += e.getMessage().length(); }
            try { if (i % 101 == 0) { Object[] none = i < 0 ? list : null; sum += none.length; } } catch (NullPointerException e) { sum++; }
            try { sum += i / (i % 103 == 0 ? 0 : 7); } catch (ArithmeticException e) { sum += 2; }
        }
        return sum;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        ExecutorService pool = Executors.newFixedThreadPool(6);
        List<Future<Long>> results = new ArrayList<>();
        for (int t = 0; t < 6; t++) { int seed = t; results.add(pool.submit(() -> work(seed, rounds))); }
        long sum = 0;
        for (Future<Long> result : results) sum += result.get();
        pool.shutdown();
        System.out.println("ended " + pool.awaitTermination(60, TimeUnit.SECONDS) + " sum " + sum + " made " + made.sum() + " guarded " + guarded);

        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(8);
        Thread producer = new Thread(() -> { try { for (int i = 1; i <= 20000; i++) queue.put(i); queue.put(-1); } catch (InterruptedException e) { } });
        producer.start();
        long taken = 0;
        for (int i; (i = queue.take()) > 0; ) taken += i;
        producer.join();
        System.out.println("queue " + taken);

        // A loop without calls is left only at a safepoint.
        Thread spinner = new Thread(() -> { int x = 0; while (published == 0) x++; });
        spinner.start();
        for (int i = 0; i < 5; i++) System.gc();
        published = 1;
        spinner.join();
        Thread sleeper = new Thread(() -> { try { Thread.sleep(1000000); } catch (InterruptedException e) { System.out.println("interrupted"); } });
        sleeper.start();
        sleeper.interrupt();
        sleeper.join();
        Thread[] many = new Thread[100];
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < many.length; i++) (many[i] = new Thread(ran::incrementAndGet)).start();
        for (Thread thread : many) thread.join();
        System.out.println("threads " + ran + " parallel " + java.util.stream.LongStream.range(0, 2000000).parallel().filter(i -> i % 7 == 3).sum());
        System.out.println("deep " + depth());
        int size = 0;
        for (Object[] list : live.values()) for (Object o : list) size += ((byte[]) o).length;
        System.out.println("live " + live.size() + " bytes " + size);
        Process child = new ProcessBuilder("/bin/echo", "from", "a", "child").redirectErrorStream(true).start();
        System.out.print(new String(child.getInputStream().readAllBytes()));
        System.out.println("child " + child.waitFor() + " " + System.getProperty("os.arch"));
    }

    static int depth() { try { return down(0); } catch (StackOverflowError e) { return 1; } }
    static int down(int n) { return 1 + down(n + 1); }
}
