/* Message queues, semaphores and shared memory of System V. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static void tell(const char *what, long result) { printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }
struct m { long type; char text[32]; };

int main(void) {
  struct m m = {1, "hello"};
  key_t key = 0x10000000+getpid();
  tell("none", msgget(key, 0));
  int q = msgget(key, IPC_CREAT|0600);
  tell("q", q >= 0);
  tell("same", msgget(key, 0) == q);
  tell("excl", msgget(key, IPC_CREAT|IPC_EXCL|0600));
  tell("send", msgsnd(q, &m, 6, 0));
  m.type = 3;
  strcpy(m.text, "three");
  tell("send", msgsnd(q, &m, 6, 0));
  m.type = 2;
  strcpy(m.text, "two");
  tell("send", msgsnd(q, &m, 4, 0));
  m.type = 0;
  tell("type 0", msgsnd(q, &m, 4, 0));
  m.type = 1;
  tell("big", msgsnd(q, &m, 9000, 0));
  struct m r = {0};
  tell("recv 2", msgrcv(q, &r, 32, 2, 0));
  printf("%ld %s\n", r.type, r.text);
  tell("small", msgrcv(q, &r, 3, 0, 0));
  tell("trunc", msgrcv(q, &r, 3, 0, MSG_NOERROR));
  printf("%ld %.3s\n", r.type, r.text);
  tell("none", msgrcv(q, &r, 32, 9, IPC_NOWAIT));
  tell("except", msgrcv(q, &r, 32, 1, MSG_EXCEPT));
  printf("%ld %s\n", r.type, r.text);
  tell("empty", msgrcv(q, &r, 32, 0, IPC_NOWAIT));
  for(int i = 5;i>0;i--){m.type = i; msgsnd(q, &m, 4, 0);}
  tell("lowest", msgrcv(q, &r, 32, -3, 0));
  printf("%ld\n", r.type);
  struct msqid_ds d;
  tell("stat", msgctl(q, IPC_STAT, &d));
  printf("%d %d %o %d %d\n", (int)d.msg_qnum, (int)d.__msg_cbytes, d.msg_perm.mode, (int)d.msg_qbytes, d.msg_lspid == getpid());
  d.msg_qbytes = 8;
  d.msg_perm.mode = 0644;
  tell("set", msgctl(q, IPC_SET, &d));
  tell("full", msgsnd(q, &m, 4, IPC_NOWAIT));
  d.msg_qbytes = 16384;
  msgctl(q, IPC_SET, &d);
  fflush(stdout);
  if(fork() == 0){ struct m c = {7, "child"}; usleep(1000); msgsnd(q, &c, 6, 0); _exit(0);}
  tell("wait", msgrcv(q, &r, 32, 7, 0));
  printf("%s\n", r.text);
  wait(0);
  if(fork() == 0){ usleep(1000); msgctl(q, IPC_RMID, 0); _exit(0);}
  tell("removed", msgrcv(q, &r, 32, 77, 0));
  wait(0);
  tell("gone", msgsnd(q, &m, 4, 0));
  tell("bad", msgrcv(-1, &m, 4, 0, 0));
  int s = semget(IPC_PRIVATE, 3, IPC_CREAT|0600);
  tell("sem", s >= 0);
  union semun{int val;struct semid_ds*buf;unsigned short*array;}
  u;
  u.val = 2;
  tell("setval", semctl(s, 0, SETVAL, u));
  unsigned short all[3] = {1, 0, 5};
  tell("getval", semctl(s, 0, GETVAL));
  u.array = all;
  tell("setall", semctl(s, 0, SETALL, u));
  all[0] = 9;
  tell("getall", semctl(s, 0, GETALL, u));
  printf("%d %d %d\n", all[0], all[1], all[2]);
  struct sembuf o[3] = {{0, -1, 0}, {2, -2, 0}, {1, 1, 0}};
  tell("op", semop(s, o, 3));
  semctl(s, 0, GETALL, u);
  printf("%d %d %d\n", all[0], all[1], all[2]);
  struct sembuf n = {0, -1, IPC_NOWAIT};
  tell("nowait", semop(s, &n, 1));
  struct sembuf both[2] = {{1, -1, 0}, {0, -1, IPC_NOWAIT}};
  tell("atomic", semop(s, both, 2));
  tell("val", semctl(s, 1, GETVAL));
  struct sembuf z = {0, 0, 0};
  tell("zero", semop(s, &z, 1));
  z.sem_num = 1;
  z.sem_flg = IPC_NOWAIT;
  tell("not zero", semop(s, &z, 1));
  z.sem_num = 9;
  tell("range", semop(s, &z, 1));
  tell("num", semctl(s, 9, GETVAL));
  tell("pid", semctl(s, 0, GETPID) == getpid());
  struct timespec t = {0, 2000000};
  struct sembuf w = {0, -1, 0};
  tell("timed", semtimedop(s, &w, 1, &t));
  fflush(stdout);
  if(fork() == 0){ struct sembuf p = {0, 1, 0}; usleep(1000); semop(s, &p, 1); _exit(0);}
  tell("wait", semop(s, &w, 1));
  wait(0);
  if(fork() == 0){ struct sembuf p = {2, -1, SEM_UNDO}, g = {1, 3, SEM_UNDO}; semop(s, &p, 1); semop(s, &g, 1); printf("in %d %d\n", semctl(s, 2, GETVAL), semctl(s, 1, GETVAL)); fflush(stdout); _exit(0);}
  wait(0);
  printf("undone %d %d\n", semctl(s, 2, GETVAL), semctl(s, 1, GETVAL));
  if (fork() == 0) {
    struct sembuf up = {2, 1, SEM_UNDO}, down = {2, -1, 0}, much = {2, 20000, SEM_UNDO}, less = {2, -20000, 0};
    for (int i = 0; i < 5; i++)
      semop(s, &up, 1);
    u.val = 7;
    semctl(s, 2, SETVAL, u);
    semop(s, &up, 1);
    semop(s, &down, 1);
    tell("much", semop(s, &much, 1));
    tell("less", semop(s, &less, 1));
    tell("too much", semop(s, &much, 1));
    semop(s, &(struct sembuf){2, 15000, 0}, 1);
    fflush(stdout);
    _exit(0);
  }
  wait(0);
  printf("set %d\n", semctl(s, 2, GETVAL));
  if(fork() == 0){ semop(s, &w, 1); _exit(errno == EIDRM?7:1);}
  usleep(100000);
  tell("ncnt", semctl(s, 0, GETNCNT));
  tell("zcnt", semctl(s, 0, GETZCNT));
  struct semid_ds sd;
  u.buf = &sd;
  tell("stat", semctl(s, 0, IPC_STAT, u));
  printf("%d %o\n", (int)sd.sem_nsems, sd.sem_perm.mode);
  tell("rm", semctl(s, 0, IPC_RMID));
  int st;
  wait(&st);
  printf("%d\n", WEXITSTATUS(st));
  tell("gone", semctl(s, 0, GETVAL));
  u.val=-1;
  tell("nsems", semget(IPC_PRIVATE, 0, 0600));
  int h = shmget(IPC_PRIVATE, 5000, IPC_CREAT|0640);
  tell("shm", h >= 0);
  char*a = shmat(h, 0, 0);
  printf("%d\n", a != (void*)-1);
  strcpy(a, "shared");
  fflush(stdout);
  if(fork() == 0){ struct shmid_ds cd; shmctl(h, IPC_STAT, &cd); printf("in child %d\n", (int)cd.shm_nattch); shmdt(a); char*c = shmat(h, 0, 0); printf("%s\n", c); strcpy(c, "child's"); fflush(stdout); _exit(0);}
  wait(0);
  printf("%s\n", a);
  struct shmid_ds hd;
  tell("stat", shmctl(h, IPC_STAT, &hd));
  printf("%d %d %o %d\n", (int)hd.shm_segsz, (int)hd.shm_nattch, hd.shm_perm.mode, hd.shm_cpid == getpid());
  tell("dt", shmdt(a+1));
  tell("dt", shmdt(a+4096));
  shmctl(h, IPC_STAT, &hd);
  printf("%d\n", (int)hd.shm_nattch);
  tell("rm", shmctl(h, IPC_RMID, 0));
  printf("%s\n", a);
  shmctl(h, IPC_STAT, &hd);
  printf("%o\n", hd.shm_perm.mode);
  tell("dt", shmdt(a));
  tell("gone", shmctl(h, IPC_STAT, &hd));
  tell("at", (long)shmat(h, 0, 0));
  tell("size", shmget(IPC_PRIVATE, 0, 0600));
  h = shmget(key, 100, IPC_CREAT|0600);
  tell("larger", shmget(key, 200, 0));
  tell("smaller", shmget(key, 50, 0) == h);
  tell("end", shmget(key, 0, 0) == h);
  tell("odd", (long)shmat(h, (void*)0x70000001, 0));
  a = shmat(h, (void*)0x70000001, SHM_RND);
  printf("%p\n", a);
  shmctl(h, IPC_RMID, 0);
  shmdt(a);
  h = shmget(IPC_PRIVATE, 9, 0600);
  a = shmat(h, 0, SHM_RDONLY);
  shmctl(h, IPC_RMID, 0);
  printf("%d\n", a[0]);
  fflush(stdout);
  if(fork() == 0){ a[0] = 1; _exit(0);}
  int end;
  wait(&end);
  printf("%d\n", WTERMSIG(end));
  return 0;
}
