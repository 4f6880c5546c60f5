#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
int main() {
  std::cout << 42 << ' ' << -7L << ' ' << 3.14159 << ' ' << 1e100 << ' ' << true << ' ' << 'c' << ' ' << "text" << ' ' << (void *)0x1234 << std::endl;
  std::cout << std::hex << 255 << ' ' << std::showbase << 255 << ' ' << std::oct << 8 << std::dec << ' ' << std::uppercase << std::hex << 0xabc << std::nouppercase << std::dec << '\n';
  std::cout << std::setw(10) << 42 << '|' << std::left << std::setw(10) << 42 << '|' << std::setfill('*') << std::right << std::setw(8) << "ab" << '|' << std::internal << std::setw(8) << -5 << '\n';
  std::cout << std::fixed << std::setprecision(3) << 2.0 / 3 << ' ' << std::scientific << 12345.678 << ' ' << std::defaultfloat << std::setprecision(17) << 0.1 << ' ' << std::hexfloat << 1.5 << std::defaultfloat << '\n';
  std::cout << std::boolalpha << false << ' ' << std::showpos << 5 << std::noshowpos << '\n';
  std::istringstream in("12 0x1f 3.5 word true rest of line");
  int a, b;
  double d;
  std::string w, rest;
  bool t;
  in >> a >> std::hex >> b >> d >> w >> std::boolalpha >> t;
  std::getline(in, rest);
  std::cout << a << ' ' << b << ' ' << d << ' ' << w << ' ' << t << " [" << rest << "] " << in.eof() << '\n';
  std::istringstream bad("abc");
  bad >> a;
  std::cout << bad.fail() << ' ' << a << '\n';
  {
    std::ofstream out("file.txt");
    for (int i = 0; i < 1000; i++) out << "line " << i << '\n';
  }
  std::ifstream file("file.txt");
  int lines = 0;
  while (std::getline(file, w)) lines++;
  std::cout << lines << ' ' << w << '\n';
  file.clear();
  file.seekg(5);
  file >> a;
  std::cout << a << ' ' << file.tellg() << ' ' << std::ifstream("missing").is_open() << '\n';
  std::ostringstream s;
  s << std::put_money(123) << ' ' << std::quoted("a \"b\"");
  std::cout << s.str() << '\n';
  int x, y;
  std::cin >> x >> y >> w;
  std::cout << x + y << ' ' << w << '\n';
  std::cin.ignore(100, '\n');
  std::getline(std::cin, w);
  std::cout << w << ' ' << std::cin.good() << '\n';
  std::clog << "";
  std::cout << std::stod("1.5e3") << ' ' << std::to_string(2.5) << ' ' << std::stoull("18446744073709551615") << '\n';
  std::locale classic = std::locale::classic();
  std::cout << classic.name() << ' ' << std::isalpha('a', classic) << ' ' << std::use_facet<std::ctype<char>>(classic).toupper('z') << '\n';
  std::wcout << L"wide " << 7 << L'\n';
}
