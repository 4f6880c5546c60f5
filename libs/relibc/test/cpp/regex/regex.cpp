#include <chrono>
#include <iostream>
#include <regex>
#include <string>
int main() {
  std::string text = "key=value; other = 42; last=";
  std::regex pair(R"((\w+)\s*=\s*(\w*))");
  for (std::sregex_iterator i(text.begin(), text.end(), pair), end; i != end; ++i) std::cout << (*i)[1] << "->" << (*i)[2] << '\n';
  std::cout << std::regex_replace(text, std::regex("[aeiou]"), "*") << '\n';
  std::cout << std::regex_match("2024-02-29", std::regex("\\d{4}-\\d{2}-\\d{2}")) << std::regex_search("abc", std::regex("^b")) << '\n';
  try {
    std::regex bad("(");
  } catch (std::regex_error &e) {
    std::cout << e.what() << '\n';
  }
  using namespace std::chrono;
  std::cout << duration_cast<minutes>(hours(2) + seconds(90)).count() << '\n';
}
