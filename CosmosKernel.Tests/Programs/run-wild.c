/* One process after the other runs wild, each in its own way, while another works: the wild one dies alone, by the signal that Linux gives. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define KERNEL 0xffffffff80200000ul
#define NOWHERE 0x0000900000000000ul
#define PAGES 64

static unsigned char data[64];

static void jump_to_kernel(void) { __asm__ volatile("jmp *%0" : : "r"(KERNEL)); }
static void jump_nowhere(void) { __asm__ volatile("jmp *%0" : : "r"(NOWHERE)); }
static void return_nowhere(void) { __asm__ volatile("push %0; ret" : : "r"(NOWHERE)); }
static void jump_to_zero(void) { __asm__ volatile("jmp *%0" : : "r"(0ul)); }
static void read_nowhere(void) { __asm__ volatile("movb (%0), %%al" : : "r"(NOWHERE) : "rax"); }
static void write_kernel(void) { __asm__ volatile("movb $0, (%0)" : : "r"(KERNEL)); }
static void divide(void) { __asm__ volatile("xor %%ecx, %%ecx; idivl %%ecx" : : : "rax", "rcx", "rdx"); }
static void divide_floats(void)
{
    unsigned short control = 0x33B; /* Division by zero is not masked. */
    __asm__ volatile("fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(control));
}
static void halt(void) { __asm__ volatile("hlt"); }
static void mask(void) { __asm__ volatile("cli"); }
static void unmask(void) { __asm__ volatile("sti"); }
static void port_in(void) { __asm__ volatile("in $0x64, %%al" : : : "rax"); }
static void port_out(void) { __asm__ volatile("out %%al, $0x64" : : "a"(0xFE)); }
static void ports_in(void) { __asm__ volatile("mov $0x60, %%edx; insb" : : "D"(data) : "rdx"); }
static void breakpoint(void) { __asm__ volatile("int3"); }
static void breakpoint_long(void) { __asm__ volatile(".byte 0xCD, 3"); }
static void interrupt_page_fault(void) { __asm__ volatile("int $14"); }
static void interrupt_double_fault(void) { __asm__ volatile("int $8"); }
static void interrupt_timer(void) { __asm__ volatile("int $32"); }
static void interrupt_last(void) { __asm__ volatile("int $255"); }
static void undefined(void) { __asm__ volatile("ud2"); }
static void write_control(void) { __asm__ volatile("mov %0, %%cr0" : : "r"(0ul)); }
static void write_tables(void) { __asm__ volatile("mov %0, %%cr3" : : "r"(0ul)); }
static void write_debug(void) { __asm__ volatile("mov %0, %%dr0" : : "r"(0ul)); }
static void write_register(void) { __asm__ volatile("wrmsr" : : "c"(0xC0000082), "a"(0), "d"(0)); }
static void load_interrupts(void) { __asm__ volatile("lidt (%0)" : : "r"(data)); }
static void load_segments(void) { __asm__ volatile("lgdt (%0)" : : "r"(data)); }
static void load_task(void) { __asm__ volatile("ltr %%ax" : : "a"(0x30)); }
static void swap_bases(void) { __asm__ volatile("swapgs"); }
static void return_to_user(void) { __asm__ volatile("sysretq" : : "c"(0ul) : "r11"); }
static void forget_page(void) { __asm__ volatile("invlpg (%0)" : : "r"(data)); }
static void forget_caches(void) { __asm__ volatile("wbinvd"); }
static void load_kernel_data(void) { __asm__ volatile("mov %%ax, %%ss" : : "a"(0x10)); }
static void far_return_to_kernel(void) { __asm__ volatile("push $8; push %0; lretq" : : "r"(KERNEL)); }
static void interrupt_return_to_kernel(void)
{
    __asm__ volatile("mov %%rsp, %%rax; push $0x10; push %%rax; pushfq; push $8; push %0; iretq" : : "r"(KERNEL) : "rax");
}
static void interrupt_return_nowhere(void)
{
    __asm__ volatile("mov %%rsp, %%rax; mov %%ss, %%edx; push %%rdx; push %%rax; pushfq; mov %%cs, %%edx; push %%rdx; push %0; iretq"
                     : : "r"(NOWHERE) : "rax", "rdx");
}
static void stack_in_kernel(void) { __asm__ volatile("mov %0, %%rsp; push %%rax" : : "r"(KERNEL)); }
static void stack_nowhere(void) { __asm__ volatile("mov %0, %%rsp; push %%rax" : : "r"(NOWHERE)); }
static void stack_at_zero(void) { __asm__ volatile("xor %%esp, %%esp; call 1f; 1: ret" : :); }
static void stack_at_end(void) { __asm__ volatile("mov %0, %%rsp; pop %%rax" : : "r"(0xfffffffffffffff8ul) : "rax"); }
/* The processor finds out about each instruction: the first is the last. */
static void single_step(void) { __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq; nop; nop" : : : "memory"); }
static void step_into_call(void)
{
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); mov $39, %%eax; popfq; syscall; nop" : : : "rax", "rcx", "r11", "memory");
}
/* Linux has the kernel's data there, MemOS nothing: a 32-bit code segment would let SYSCALL go where no kernel of 64 bits has an entry. */
static void call_from_32_bits(void)
{
    __asm__ volatile("push $0x1b; push $1f; lretq; 1: syscall; ud2" : : : "rcx", "r11", "memory");
}
static void run_data(void) { __asm__ volatile("jmp *%0" : : "r"(data)); }

static int descend(volatile int *above)
{
    volatile int here[256];
    if (above[0] < 0)
        return 0;
    here[0] = above[0] + 1;
    return descend(here) + here[0];
}

static void recurse(void)
{
    volatile int first[1] = { 0 };
    descend(first);
}

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
#define WAY(name) { #name, name }
    WAY(jump_to_kernel), WAY(jump_nowhere), WAY(return_nowhere), WAY(jump_to_zero), WAY(read_nowhere), WAY(write_kernel), WAY(divide), WAY(divide_floats),
    WAY(halt), WAY(mask), WAY(unmask), WAY(port_in), WAY(port_out), WAY(ports_in), WAY(breakpoint), WAY(breakpoint_long), WAY(interrupt_page_fault),
    WAY(interrupt_double_fault), WAY(interrupt_timer), WAY(interrupt_last), WAY(undefined), WAY(write_control), WAY(write_tables), WAY(write_debug),
    WAY(write_register), WAY(load_interrupts), WAY(load_segments), WAY(load_task), WAY(swap_bases), WAY(return_to_user), WAY(forget_page),
    WAY(forget_caches), WAY(load_kernel_data), WAY(far_return_to_kernel), WAY(interrupt_return_to_kernel), WAY(interrupt_return_nowhere),
    WAY(stack_in_kernel), WAY(stack_nowhere), WAY(stack_at_zero), WAY(stack_at_end), WAY(single_step), WAY(step_into_call), WAY(call_from_32_bits), WAY(run_data), WAY(recurse),
};

/* Works on memory of its own while the other one runs wild. */
static int work(void)
{
    unsigned char *memory = mmap(0, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    for (int page = 0; page < PAGES; page++)
        memset(memory + page * 4096, page, 4096);
    for (int byte = 0; byte < PAGES * 4096; byte++)
        if (memory[byte] != byte / 4096)
            return 2;
    return 0;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    for (unsigned way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        /* QEMU's processor raises a protection fault (13) where others raise a stack fault (12): the signals differ. Only by its name. */
        if (argc == 1 && strcmp(ways[way].name, "stack_nowhere") == 0)
            continue;
        if (argc > 1 && strcmp(argv[1], ways[way].name) != 0)
            continue;
        int status, other_status;
        pid_t other = fork();
        if (other == 0)
            _exit(work());
        pid_t wild = fork();
        if (wild == 0) {
            ways[way].run();
            _exit(99);
        }
        if (waitpid(wild, &status, 0) != wild || waitpid(other, &other_status, 0) != other)
            return 1;
        if (WIFSIGNALED(status))
            printf("%s: killed by signal %d", ways[way].name, WTERMSIG(status));
        else
            printf("%s: ended with %d", ways[way].name, WEXITSTATUS(status));
        printf(", the other one with %d\n", other_status);
    }
    return 0;
}
