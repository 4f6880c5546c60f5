#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <optional>
#include <charconv>
int main() {
  std::map<std::string, int> counts;
  for (std::string w : {"one", "two", "one", "three", "two", "one"}) counts[w]++;
  for (auto &[w, n] : counts) printf("%s=%d ", w.c_str(), n);
  std::unordered_map<int, int> squares;
  for (int i = 0; i < 1000; i++) squares[i] = i * i;
  printf("%zu %d\n", squares.size(), squares.at(31));
  std::vector<int> v(1000);
  std::iota(v.begin(), v.end(), 0);
  std::mt19937 random(42);
  std::shuffle(v.begin(), v.end(), random);
  printf("%d %d %u\n", v[0], v[999], (unsigned)random());
  std::sort(v.begin(), v.end(), std::greater<>());
  std::stable_partition(v.begin(), v.end(), [](int x) { return x % 2; });
  printf("%d %d %d\n", v[0], v[499], v[500]);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> dice(1, 6);
  printf("%.12g %d\n", normal(random), dice(random));
  std::string s = "the quick brown fox";
  printf("%zu %s %d\n", s.find("quick"), s.substr(4, 5).c_str(), s < "zebra");
  s.replace(4, 5, "slow").append(100, '!');
  printf("%zu %.20s\n", s.size(), s.c_str());
  std::variant<int, std::string> var = "held";
  printf("%zu %s\n", var.index(), std::get<std::string>(var).c_str());
  std::optional<int> none;
  printf("%d\n", none.value_or(8));
  std::multiset<int> m{3, 1, 2, 3};
  printf("%zu %d\n", m.count(3), *m.begin());
  double d;
  std::string_view text = "2.5e-3rest";
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), d);
  char out[32];
  auto made = std::to_chars(out, out + 32, 0.1);
  printf("%g %s %.*s\n", d, end, (int)(made.ptr - out), out);
  std::function<int(int)> fib = [&](int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); };
  printf("%d\n", fib(15));
}
