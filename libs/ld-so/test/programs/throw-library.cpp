#include <stdexcept>
#include <string>

template <class T> T &unique() {
  static T value{};
  return value;
}
int &library_unique() { return unique<int>(); }

static void inner(int what) {
  if (what == 1) throw std::out_of_range("one");
  if (what == 2) throw 42;
  if (what == 3) throw std::runtime_error("three");
}
void thrower(int what) {
  try {
    inner(what);
  } catch (...) {
    throw;
  }
}
