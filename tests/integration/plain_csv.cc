#include "tests/integration/plain_csv.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "zlib.h"

namespace quotacast {

std::string ReadPlainFile(const std::string& path) {
  // zlib hands on what is not packed.
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  if (file == nullptr) return text;
  std::string buffer(1 << 16, '\0');
  for (int count = 0; (count = gzread(file, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer, 0, static_cast<size_t>(count));
  }
  gzclose(file);
  return text;
}

std::vector<CsvRow> ReadPlainCsv(const std::string& text, char delimiter) {
  std::vector<CsvRow> rows;
  std::vector<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, delimiter);) fields.push_back(field);
    if (names.empty()) {
      names = fields;
      if (names[0].substr(0, 3) == "\xEF\xBB\xBF") names[0] = names[0].substr(3);
      continue;
    }
    if (fields.empty()) continue;
    fields.resize(names.size());
    CsvRow row;
    for (size_t i = 0; i < names.size(); ++i) row[names[i]] = fields[i];
    rows.push_back(row);
  }
  return rows;
}

int64_t DayNumber(const std::string& date) {
  int64_t year = std::stoi(date.substr(0, 4));
  int64_t month = std::stoi(date.substr(5, 2));
  const int64_t day = std::stoi(date.substr(8, 2));
  if (month < 3) {
    year -= 1;
    month += 12;
  }
  return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 1;
}

double PlainMedian(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return n % 2 ? static_cast<double>(values[n / 2])
               : static_cast<double>(values[n / 2 - 1] + values[n / 2]) / 2;
}

int64_t PlainCents(const std::string& text) {
  const size_t point = text.find('.');
  std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  decimals.resize(4, '0');
  const int64_t ten_thousandths = std::stoll(text.substr(0, point)) * 10'000 + std::stoll(decimals);
  return (ten_thousandths + 50) / 100;
}

}  // namespace quotacast
