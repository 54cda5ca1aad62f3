// oracle: native
// Linux asynchronous I/O (io_setup and relatives): the kernel reads the control blocks and fills the events in guest memory.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    aio_context_t context = 0;
    int file = open("aio", O_RDWR | O_CREAT | O_TRUNC, 0600);
    printf("setup %ld\n", syscall(SYS_io_setup, 8, &context));
    char text[] = "written asynchronously\n", back[64] = "";
    struct iocb write = { .aio_data = 1, .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = file, .aio_buf = (uintptr_t)text, .aio_nbytes = strlen(text), .aio_offset = 5 };
    struct iocb *list[] = { &write };
    printf("submit %ld\n", syscall(SYS_io_submit, context, 1, list));
    struct io_event event;
    printf("events %ld\n", syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
    printf("data %lld, same block %d, result %lld\n", (long long)event.data, event.obj == (uintptr_t)&write, (long long)event.res);
    struct iocb read = { .aio_data = 2, .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = file, .aio_buf = (uintptr_t)back, .aio_nbytes = sizeof back - 1, .aio_offset = 5 };
    list[0] = &read;
    printf("submit %ld\n", syscall(SYS_io_submit, context, 1, list));
    printf("events %ld\n", syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
    printf("result %lld: %s", (long long)event.res, back);
    struct timespec now = { 0 };
    printf("none %ld\n", syscall(SYS_io_getevents, context, 1, 1, &event, &now));
    long bad = syscall(SYS_io_submit, context, 1, (void *)8);
    printf("bad %ld %s\n", bad, strerror(errno));
    printf("destroy %ld\n", syscall(SYS_io_destroy, context));
    unlink("aio");
    return 0;
}
