#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>
namespace fs = std::filesystem;
int main() {
  fs::create_directories("a/b/c");
  std::ofstream("a/file.txt") << "content";
  fs::copy_file("a/file.txt", "a/b/copy.txt");
  fs::rename("a/b/copy.txt", "a/b/c/moved.txt");
  fs::create_symlink("file.txt", "a/link");
  std::vector<std::string> names;
  for (auto &e : fs::recursive_directory_iterator("a")) names.push_back(e.path().string() + (e.is_directory() ? "/" : e.is_symlink() ? "@" : ""));
  std::sort(names.begin(), names.end());
  for (auto &n : names) std::cout << n << '\n';
  std::cout << fs::file_size("a/file.txt") << ' ' << fs::exists("a/none") << ' ' << fs::is_symlink("a/link") << ' ' << fs::read_symlink("a/link") << '\n';
  std::cout << fs::path("/x/y/../z.tar.gz").lexically_normal() << ' ' << fs::path("a/b.c").stem() << ' ' << fs::path("a/b.c").extension() << '\n';
  std::cout << fs::equivalent("a/link", "a/file.txt") << ' ' << fs::relative(fs::absolute("a/b"), fs::current_path()) << '\n';
  std::error_code e;
  fs::remove("a", e);
  std::cout << e.message() << '\n';
  std::cout << fs::remove_all("a") << ' ' << fs::exists("a") << '\n';
  try {
    fs::directory_iterator("missing");
  } catch (fs::filesystem_error &error) {
    std::cout << error.code().value() << ' ' << error.what() << '\n';
  }
}
