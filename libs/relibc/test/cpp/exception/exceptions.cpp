#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>
struct Loud {
  const char *name;
  Loud(const char *n) : name(n) { printf("+%s ", name); }
  ~Loud() { printf("-%s ", name); }
};
struct Custom : std::runtime_error {
  int code;
  Custom(int c) : std::runtime_error("custom " + std::to_string(c)), code(c) {}
};
static int deep(int n) {
  Loud l(n % 2 ? "odd" : "even");
  if (n == 0) throw Custom(42);
  return deep(n - 1) + 1;
}
static void rethrow() {
  try {
    deep(3);
  } catch (std::exception &e) {
    printf("[%s] ", e.what());
    throw;
  }
}
struct InConstructor {
  Loud a{"member"};
  InConstructor() { throw 7; }
};
static void nothrow() noexcept(false) { throw "text"; }
int main() {
  try {
    rethrow();
  } catch (Custom &c) {
    printf("code %d %s\n", c.code, typeid(c).name());
  }
  try {
    InConstructor x;
  } catch (int i) {
    printf("int %d\n", i);
  }
  try {
    nothrow();
  } catch (const char *s) {
    printf("%s\n", s);
  }
  try {
    std::vector<int> v;
    v.at(3);
  } catch (std::out_of_range &e) {
    printf("%s\n", e.what());
  }
  try {
    std::stoi("not a number");
  } catch (std::invalid_argument &e) {
    printf("%s\n", e.what());
  }
  try {
    dynamic_cast<Custom &>(static_cast<std::exception &>(*new std::logic_error("x")));
  } catch (std::bad_cast &e) {
    printf("%s\n", e.what());
  }
  try {
    ::operator new(~0ul >> 2);
  } catch (std::bad_alloc &e) {
    printf("%s\n", e.what());
  }
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (std::exception &e) {
    printf("%s: ", e.what());
    try {
      std::rethrow_if_nested(e);
    } catch (std::exception &i) {
      printf("%s\n", i.what());
    }
  }
  std::exception_ptr p;
  try {
    throw 1.5;
  } catch (...) {
    p = std::current_exception();
  }
  try {
    std::rethrow_exception(p);
  } catch (double d) {
    printf("%g %d\n", d, std::uncaught_exceptions());
  }
  return 3;
}
