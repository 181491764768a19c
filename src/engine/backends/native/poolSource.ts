// The pool of threads that native kernels share their loops among, as C: one library of a process. No header is read, so what it needs of the system is declared here;
// locks lie in more memory than any system's take.

/**
 * `pool(n)` has n threads in all, the caller's among them, and gives the address of `run(part, base, at, outer, n)`, which calls `part(base, at, outer, from, to)` until
 * all of 0 … n − 1 is done, and gives whether any call gave something. A call while another one is under way is done by its own thread alone.
 */
export const POOL_SOURCE = `typedef unsigned u32;
typedef int i32;
typedef long long i64;
typedef unsigned long long u64;
#if defined(_WIN32)
#define API __declspec(dllexport)
typedef struct { void *p; } lock_t;
typedef struct { void *p; } signal_t;
__declspec(dllimport) void AcquireSRWLockExclusive(lock_t *);
__declspec(dllimport) void ReleaseSRWLockExclusive(lock_t *);
__declspec(dllimport) int SleepConditionVariableSRW(signal_t *, lock_t *, u32, u32);
__declspec(dllimport) void WakeAllConditionVariable(signal_t *);
__declspec(dllimport) void *CreateThread(void *, u64, u32 (*)(void *), void *, u32, u32 *);
__declspec(dllimport) int SwitchToThread(void);
static lock_t gate;
static signal_t bell;
#define ENTER() AcquireSRWLockExclusive(&gate)
#define LEAVE() ReleaseSRWLockExclusive(&gate)
#define SLEEP() SleepConditionVariableSRW(&bell, &gate, 0xffffffffu, 0)
#define WAKE() WakeAllConditionVariable(&bell)
#define YIELD() SwitchToThread()
#else
#define API __attribute__((visibility("default")))
extern int pthread_mutex_init(void *, const void *), pthread_mutex_lock(void *), pthread_mutex_unlock(void *);
extern int pthread_cond_init(void *, const void *), pthread_cond_wait(void *, void *), pthread_cond_broadcast(void *);
extern int pthread_create(void *, const void *, void *(*)(void *), void *), pthread_detach(void *), pthread_sigmask(int, const void *, void *), sched_yield(void);
static char gate[256] __attribute__((aligned(64))), bell[256] __attribute__((aligned(64)));
#define ENTER() pthread_mutex_lock(gate)
#define LEAVE() pthread_mutex_unlock(gate)
#define SLEEP() pthread_cond_wait(bell, gate)
#define WAKE() pthread_cond_broadcast(bell)
#define YIELD() sched_yield()
#endif
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() (void)0
#endif
#define GET(x) __atomic_load_n(&(x), __ATOMIC_SEQ_CST)
#define SET(x, v) __atomic_store_n(&(x), v, __ATOMIC_SEQ_CST)
#define ADD(x, v) __atomic_fetch_add(&(x), v, __ATOMIC_SEQ_CST)
typedef i32 (*part_t)(char *, const u32 *, const i64 *, i64, i64);
/* What there is to do. It is written while nobody is inside, and read by those who are. */
static part_t part;
static char *base;
static const u32 *at;
static const i64 *outer;
static i64 n, step;
static i32 wanted, threads = 1, started = 1, busy;
static u32 turn;
static i32 failed, open, asleep;
/* What threads write to at the same time is in lines of its own. */
static struct { i64 next; char apart[120]; i32 inside; char behind[124]; } hot __attribute__((aligned(128)));
enum { SPIN = 2000 };
static void take(void) {
  for (;;) {
    const i64 from = ADD(hot.next, step);
    if (from >= n) return;
    if (part(base, at, outer, from, from + step < n ? from + step : n)) SET(failed, 1);
  }
}
static void work(i64 id) {
  u32 seen = 0;
  for (;;) {
    for (i32 i = 0; i < SPIN && GET(turn) == seen; i++) PAUSE();
    if (GET(turn) == seen) {
      ENTER();
      ADD(asleep, 1);
      while (GET(turn) == seen) SLEEP();
      ADD(asleep, -1);
      LEAVE();
    }
    seen = GET(turn);
    if (id >= GET(wanted)) continue;
    ADD(hot.inside, 1);
    if (GET(open)) take();
    ADD(hot.inside, -1);
  }
}
#if defined(_WIN32)
static u32 start(void *id) { work((i64)id); return 0; }
static i32 launch(i64 id) { return CreateThread(0, 0, start, (void *)id, 0, 0) != 0; }
#else
static void *start(void *id) { work((i64)id); return 0; }
static i32 launch(i64 id) {
  /* Signals are for the threads of Node.js. */
  static const char all[256] = { [0 ... 255] = (char)0xff };
  char before[256];
  void *thread;
#if defined(__APPLE__)
  const i32 how = 3;
#else
  const i32 how = 2;
#endif
  pthread_sigmask(how, all, before);
  const i32 made = pthread_create(&thread, 0, start, (void *)id) == 0;
  pthread_sigmask(how, before, 0);
  if (made) pthread_detach(thread);
  return made;
}
#endif
static i32 run(part_t p, char *b, const u32 *a, const i64 *o, i64 count) {
  if (GET(threads) == 1 || count < 2 || __atomic_exchange_n(&busy, 1, __ATOMIC_SEQ_CST)) return p(b, a, o, 0, count);
  part = p, base = b, at = a, outer = o, n = count;
  step = count / (threads * 8);
  if (step < 1) step = 1;
  SET(hot.next, 0);
  SET(failed, 0);
  SET(open, 1);
  ADD(turn, 1);
  if (GET(asleep) > 0) {
    ENTER();
    WAKE();
    LEAVE();
  }
  take();
  SET(open, 0);
  for (i32 i = 0; GET(hot.inside) > 0; i++) if (i < SPIN) PAUSE(); else YIELD();
  const i32 result = GET(failed);
  SET(busy, 0);
  return result;
}
API u64 pool(i32 count) {
#if !defined(_WIN32)
  if (started == 1) pthread_mutex_init(gate, 0), pthread_cond_init(bell, 0);
#endif
  SET(wanted, count);
  while (started < count && launch(started)) started++;
  SET(threads, count < started ? count : started);
  return (u64)run;
}
`;
