#include <cstdio>
#include <cstdlib>
#include <memory>
#include <typeinfo>
struct Global {
  const char *name;
  Global(const char *n) : name(n) { printf("construct %s\n", name); }
  ~Global() { printf("destroy %s\n", name); }
};
static Global late __attribute__((init_priority(2000)))("priority 2000");
static Global early __attribute__((init_priority(1000)))("priority 1000");
static Global plain("plain");
struct Base {
  virtual ~Base() { puts("~Base"); }
  virtual const char *who() const { return "base"; }
};
struct Left : virtual Base {
  const char *who() const override { return "left"; }
};
struct Right : virtual Base {
  ~Right() override { puts("~Right"); }
};
struct Both : Left, Right {
  const char *who() const override { return "both"; }
};
static Global &local() {
  static Global g("function static");
  return g;
}
static void at_exit() { puts("atexit"); }
int main() {
  atexit(at_exit);
  local();
  std::unique_ptr<Base> b(new Both);
  printf("%s %d %d\n", b->who(), dynamic_cast<Left *>(b.get()) != nullptr, dynamic_cast<Right *>(b.get()) != nullptr);
  printf("%d %s\n", typeid(*b) == typeid(Both), typeid(int *).name());
  Right *r = dynamic_cast<Right *>(b.get());
  printf("%d\n", dynamic_cast<void *>(r) == dynamic_cast<void *>(b.get()));
  std::shared_ptr<int> s = std::make_shared<int>(5);
  std::weak_ptr<int> w = s;
  printf("%ld %d", s.use_count(), !w.expired());
  s.reset();
  printf(" %d\n", w.expired());
  return 0;
}
