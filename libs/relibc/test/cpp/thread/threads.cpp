#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <thread>
#include <vector>
struct Local {
  int id = 0;
  ~Local() { printf("thread_local %d destroyed\n", id); }
};
static thread_local Local local;
static std::mutex lock;
static std::condition_variable ready;
static std::queue<int> items;
static std::once_flag once;
static int init() {
  static int calls = 0;
  return ++calls;
}
static int guarded() {
  static int value = init();
  return value;
}
int main() {
  std::vector<std::thread> threads;
  std::atomic<int> sum{0};
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&sum, i] {
      for (int k = 0; k < 1000; k++) sum += i;
      std::call_once(once, [] { puts("once"); });
      guarded();
    });
  for (auto &t : threads) t.join();
  printf("%d %d\n", sum.load(), guarded());
  std::thread consumer([] {
    int total = 0;
    for (;;) {
      std::unique_lock<std::mutex> held(lock);
      ready.wait(held, [] { return !items.empty(); });
      int item = items.front();
      items.pop();
      if (item < 0) break;
      total += item;
    }
    local.id = total;
  });
  for (int i = 1; i <= 10; i++) {
    std::lock_guard<std::mutex> held(lock);
    items.push(i < 10 ? i : -1);
    ready.notify_one();
  }
  consumer.join();
  auto future = std::async(std::launch::async, [] { return 6 * 7; });
  printf("%d\n", future.get());
  std::promise<int> promise;
  std::thread([&promise] {
    try {
      throw std::runtime_error("in a thread");
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  }).join();
  try {
    promise.get_future().get();
  } catch (std::exception &e) {
    printf("%s\n", e.what());
  }
  std::shared_mutex shared;
  {
    std::shared_lock<std::shared_mutex> a(shared), b(shared);
    printf("%d\n", shared.try_lock());
  }
  std::timed_mutex timed;
  timed.lock();
  std::thread([&timed] { printf("%d\n", timed.try_lock_for(std::chrono::milliseconds(5))); }).join();
  auto before = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  printf("%d\n", std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(3));
  local.id = 99;
}
