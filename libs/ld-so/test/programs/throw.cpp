// Exceptions across objects, types that are equal everywhere, destructors on the way, rethrow, static and thread-local objects.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

void thrower(int what);
struct Loud {
  const char *name;
  explicit Loud(const char *n) : name(n) { std::printf("+%s\n", name); }
  ~Loud() { std::printf("-%s\n", name); }
};
static Loud global("global");
thread_local Loud local("local");

template <class T> T &unique() {
  static T value{};
  return value;
}
int &library_unique();

int main() {
  std::printf("%s\n", local.name);
  for (int i = 0; i < 4; i++) {
    try {
      Loud guard("guard");
      thrower(i);
      std::puts("none");
    } catch (const std::out_of_range &error) {
      std::printf("out of range: %s\n", error.what());
    } catch (const std::exception &error) {
      std::printf("exception: %s %s\n", error.what(), typeid(error).name());
    } catch (int number) {
      std::printf("int %d\n", number);
    }
  }
  unique<int>() = 5;
  std::printf("%d\n", library_unique());
  std::vector<std::string> words{"c", "a", "b"};
  std::string all;
  for (auto &word : words) all += word;
  std::printf("%s\n", all.c_str());
  return 0;
}
