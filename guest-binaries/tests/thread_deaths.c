// oracle: native
// How threads end and what others see of it: robust and priority-inheriting mutexes, requeueing, several futexes at once, ids, destructors of thread-specific data, cancellation, barriers of memory.
#include "check.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static long futex(void *word, int operation, unsigned value, void *timeout, void *other, unsigned value3) {
    return syscall(SYS_futex, word, operation, value, timeout, other, value3);
}

static pthread_mutex_t *make_mutex(int kind, int protocol, int shared) {
    pthread_mutex_t *mutex = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, kind);
    pthread_mutexattr_setprotocol(&attributes, protocol);
    if (shared) pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (pthread_mutex_init(mutex, &attributes) != 0) show_text("mutex", "none");
    return mutex;
}

static void *dies_holding(void *mutex) {
    pthread_mutex_lock(mutex);
    return 0;
}

static void *raw_exit_holding(void *mutex) {
    pthread_mutex_lock(mutex);
    syscall(SYS_exit, 0);
    return 0;
}

static void show_error(const char *name, int error) { show_text(name, error == 0 ? "ok" : strerrorname_np(error)); }

static void *waits_for(void *mutex) {
    int error = pthread_mutex_lock(mutex);
    if (error == EOWNERDEAD) pthread_mutex_consistent(mutex);
    if (error == 0 || error == EOWNERDEAD) pthread_mutex_unlock(mutex);
    return (void *)(intptr_t)error;
}

static void robust(const char *name, int protocol) {
    show_text("robust mutex", name);
    pthread_mutex_t *mutex = make_mutex(PTHREAD_MUTEX_ROBUST, protocol, 0);
    pthread_t thread, waiter;
    void *back;
    pthread_create(&thread, 0, dies_holding, mutex);
    pthread_join(thread, 0);
    show_error("after a thread", pthread_mutex_lock(mutex));
    pthread_create(&waiter, 0, waits_for, mutex);
    usleep(10000);
    show_error("consistent", pthread_mutex_consistent(mutex));
    show_error("unlock", pthread_mutex_unlock(mutex));
    pthread_join(waiter, &back);
    show_error("waiter", (int)(intptr_t)back);
    // Its waiters are woken by the death.
    pthread_mutex_lock(mutex);
    pthread_create(&waiter, 0, raw_exit_holding, mutex);
    usleep(10000);
    pthread_create(&thread, 0, waits_for, mutex);
    pthread_mutex_unlock(mutex);
    pthread_join(thread, &back);
    // Either of the two was first.
    show("woken", back == 0 || (intptr_t)back == EOWNERDEAD);
    int error = pthread_mutex_lock(mutex);
    show("and this one", error == 0 || error == EOWNERDEAD);
    if (error == EOWNERDEAD) pthread_mutex_consistent(mutex);
    pthread_mutex_unlock(mutex);

    // A process that is killed.
    mutex = make_mutex(PTHREAD_MUTEX_ROBUST, protocol, 1);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(mutex);
        raise(SIGKILL);
    }
    waitpid(child, 0, 0);
    show_error("after a killed process", pthread_mutex_lock(mutex));
    // Not made consistent: nobody gets it any more.
    show_error("unlock", pthread_mutex_unlock(mutex));
    show_error("lock again", pthread_mutex_lock(mutex));
    mutex = make_mutex(PTHREAD_MUTEX_ROBUST, protocol, 1);
    if ((child = fork()) == 0) {
        pthread_mutex_lock(mutex);
        _exit(0);
    }
    waitpid(child, 0, 0);
    show_error("after a process that exits", pthread_mutex_trylock(mutex));
    mutex = make_mutex(PTHREAD_MUTEX_ROBUST, protocol, 1);
    if ((child = fork()) == 0) {
        pthread_mutex_lock(mutex);
        execl("/bin/true", "true", (char *)0);
    }
    waitpid(child, 0, 0);
    show_error("after a process that executes", pthread_mutex_trylock(mutex));
}

static uint32_t words[8];
static atomic_int waiting, woken;

static void *requeued(void *argument) {
    atomic_fetch_add(&waiting, 1);
    if (futex(&words[0], FUTEX_WAIT_PRIVATE, 0, 0, 0, 0) == 0) atomic_fetch_add(&woken, 1);
    return argument;
}

static long gather(void) { return futex(&words[0], FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)5, &words[3], 0); }

static void *waits_for_many(void *argument) {
    struct futex_waitv many[3] = {
        {.val = 0, .uaddr = (uintptr_t)&words[4], .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG},
        {.val = 0, .uaddr = (uintptr_t)&words[5], .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG},
        {.val = 0, .uaddr = (uintptr_t)&words[6], .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG},
    };
    (void)argument;
    atomic_fetch_add(&waiting, 1);
    return (void *)syscall(SYS_futex_waitv, many, 3, 0, 0, 0);
}

static void *locks_pi(void *argument) {
    long locked = futex(argument, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0);
    int own = (*(uint32_t *)argument & FUTEX_TID_MASK) == (uint32_t)syscall(SYS_gettid);
    long unlocked = futex(argument, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0);
    return (void *)(intptr_t)(locked == 0 && own && unlocked == 0);
}

static void *requeued_pi(void *argument) {
    (void)argument;
    atomic_fetch_add(&waiting, 1);
    long waited = futex(&words[1], FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, 0, &words[2], 0);
    return (void *)(intptr_t)(waited == 0 && futex(&words[2], FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0) == 0);
}

static void futexes(void) {
    pthread_t threads[5];
    void *back;
    for (int i = 0; i < 5; i++) pthread_create(&threads[i], 0, requeued, 0);
    // Asleep when the kernel has counted them: nobody is woken, five are moved. The kernel may wake a waiter for no reason, which then begins again at the old place.
    long moved = 0;
    while (moved < 5) moved += gather();
    show("moved", moved >= 5);
    result("changed meanwhile", futex(&words[0], FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)5, &words[3], 1));
    long two = futex(&words[3], FUTEX_WAKE_PRIVATE, 2, 0, 0, 0);
    show("wake two at the new one", two > 0 && two <= 2);
    // *words[3] = 7, and wake there and, because it was 0, here too.
    long rest = futex(&words[0], FUTEX_WAKE_OP_PRIVATE, 1, (void *)9, &words[3], FUTEX_OP(FUTEX_OP_SET, 7, FUTEX_OP_CMP_EQ, 0));
    show("wake by operation", rest > 0 && rest <= 3);
    for (; atomic_load(&woken) < 5; sched_yield()) futex(&words[0], FUTEX_WAKE_PRIVATE, 9, 0, 0, 0), futex(&words[3], FUTEX_WAKE_PRIVATE, 9, 0, 0, 0);
    for (int i = 0; i < 5; i++) pthread_join(threads[i], 0);
    show("woken", atomic_load(&woken)), show("stored", words[3]);

    pthread_create(&threads[0], 0, waits_for_many, 0);
    long count;
    while ((count = futex(&words[6], FUTEX_WAKE_PRIVATE, 1, 0, 0, 0)) == 0) sched_yield();
    pthread_join(threads[0], &back);
    show("woken at one of three", (intptr_t)back);
    struct futex_waitv bad[2] = {{.val = 1, .uaddr = (uintptr_t)&words[4], .flags = FUTEX_32}, {.val = 0, .uaddr = (uintptr_t)&words[5], .flags = FUTEX_32}};
    result("another value", syscall(SYS_futex_waitv, bad, 2, 0, 0, 0));
    result("nothing", syscall(SYS_futex_waitv, bad, 0, 0, 0, 0)), result("too many", syscall(SYS_futex_waitv, bad, 129, 0, 0, 0));
    bad[0].val = 0;
    struct timespec past = {1, 0};
    result("too late", syscall(SYS_futex_waitv, bad, 2, 0, &past, CLOCK_MONOTONIC));
    bad[1].flags = 99;
    result("bad flags", syscall(SYS_futex_waitv, bad, 2, 0, 0, 0));

    uint32_t *pi = &words[7];
    result("lock", futex(pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    result("lock again", futex(pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0)), result("try", futex(pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, 0, 0, 0));
    pthread_create(&threads[0], 0, locks_pi, pi), pthread_create(&threads[1], 0, locks_pi, pi);
    while ((__atomic_load_n(pi, __ATOMIC_SEQ_CST) & FUTEX_WAITERS) == 0) sched_yield();
    result("unlock", futex(pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    for (int i = 0; i < 2; i++) pthread_join(threads[i], &back), show("locked in turn", (intptr_t)back);
    result("unlock of another's", futex(pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    *pi = 0x3FFFFFF0;
    result("lock of nobody's", futex(pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));

    pthread_create(&threads[0], 0, requeued_pi, 0);
    result("lock", futex(&words[2], FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    while ((moved = futex(&words[1], FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)1, &words[2], 0)) == 0) sched_yield();
    result("moved", moved), result("unlock", futex(&words[2], FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    pthread_join(threads[0], &back);
    show("got it", (intptr_t)back);
}

static pthread_key_t keys[2];
static atomic_int destroyed, cleaned;
static void first(void *value) {
    atomic_fetch_add(&destroyed, 1);
    // Set again: destructors run once more.
    if ((intptr_t)value > 1) pthread_setspecific(keys[0], (void *)((intptr_t)value - 1));
}
static void second(void *value) { atomic_fetch_add(&destroyed, (int)(intptr_t)value); }
static void clean(void *value) { atomic_fetch_add(&cleaned, (int)(intptr_t)value); }

static void *with_data(void *argument) {
    pthread_setspecific(keys[0], (void *)3), pthread_setspecific(keys[1], (void *)100);
    return argument;
}

static void *cancelled(void *way) {
    pthread_cleanup_push(clean, (void *)1);
    pthread_setspecific(keys[1], (void *)1000);
    if (way) pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, 0);
    atomic_fetch_add(&waiting, 1);
    for (volatile int i = 0;; i++)
        if (!way) pause();
    pthread_cleanup_pop(0);
    return 0;
}

static int tid_word;
static void *set_address(void *argument) {
    tid_word = 1;
    atomic_store(&waiting, 77);
    return (void *)(intptr_t)(syscall(SYS_set_tid_address, argument) == syscall(SYS_gettid));
}

static atomic_int guard_a, guard_b, seen_b, go;
static void *light_side(void *argument) {
    for (int i = 1; i <= 500; i++) {
        while (atomic_load(&go) < i) {}
        atomic_store_explicit(&guard_a, i, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
        atomic_store(&seen_b, atomic_load_explicit(&guard_b, memory_order_relaxed) == i ? 1 : 0);
        atomic_store(&go, -i);
    }
    return argument;
}

int main(void) {
    pthread_t thread;
    void *back;
    robust("plain", PTHREAD_PRIO_NONE);
    robust("inheriting", PTHREAD_PRIO_INHERIT);
    futexes();

    pthread_key_create(&keys[0], first), pthread_key_create(&keys[1], second);
    pthread_create(&thread, 0, with_data, 0);
    pthread_join(thread, 0);
    show("destructors", atomic_load(&destroyed));
    for (intptr_t way = 0; way < 2; way++) {
        atomic_store(&waiting, 0);
        pthread_create(&thread, 0, cancelled, (void *)way);
        while (!atomic_load(&waiting)) sched_yield();
        show_error("cancel", pthread_cancel(thread));
        pthread_join(thread, &back);
        show("cancelled", back == PTHREAD_CANCELED), show("cleaned up", atomic_load(&cleaned)), show("destructors", atomic_load(&destroyed));
    }
    // The C library waits for a word of its own: this thread is detached, and its death is seen here.
    pthread_attr_t attributes;
    pthread_attr_init(&attributes), pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    tid_word = 0;
    pthread_create(&thread, &attributes, set_address, &tid_word);
    while (atomic_load(&waiting) != 77) sched_yield();
    while (__atomic_load_n(&tid_word, __ATOMIC_SEQ_CST) != 0) futex(&tid_word, FUTEX_WAIT, 1, 0, 0, 0);
    show("cleared at its death", tid_word);

    long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
    show("barriers", (commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0);
    result("register", syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
    pthread_create(&thread, 0, light_side, 0);
    int both_missed = 0;
    for (int i = 1; i <= 500; i++) {
        atomic_store(&go, i);
        atomic_store_explicit(&guard_b, i, memory_order_relaxed);
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
        int a = atomic_load_explicit(&guard_a, memory_order_relaxed) == i;
        while (atomic_load(&go) != -i) {}
        both_missed += !a && !atomic_load(&seen_b);
    }
    pthread_join(thread, 0);
    show("both missed the other", both_missed);
    result("unknown barrier", syscall(SYS_membarrier, 1 << 20, 0, 0));
    struct robust_list_head *head;
    size_t length;
    result("get_robust_list", syscall(SYS_get_robust_list, 0, &head, &length)), show("length", (long long)length);
    result("set_robust_list of another size", syscall(SYS_set_robust_list, head, 23));
}
