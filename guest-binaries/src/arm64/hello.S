// The smallest useful guest: two system calls.
    .global _start
_start:
    mov     x0, #1
    adr     x1, message
    mov     x2, #(end - message)
    mov     x8, #64             // write
    svc     #0
    mov     x0, #0
    mov     x8, #94             // exit_group
    svc     #0
    udf     #0
message:
    .ascii "Hello from AArch64\n"
end:
