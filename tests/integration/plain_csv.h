// Reads the files of real samples for tests in a way that shares no code with ingestion: splitting
// at a delimiter, comparing date texts, counting days by a formula of its own.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_CSV_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_CSV_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace quotacast {

using CsvRow = std::map<std::string, std::string>;

// The bytes of a file; those inside when it is packed with gzip. Empty when there is no file.
std::string ReadPlainFile(const std::string& path);

// The rows of a text in which no field is quoted.
std::vector<CsvRow> ReadPlainCsv(const std::string& text, char delimiter = ',');

// Days from 0000-03-01 to a date that begins "2017-03-01" or "2017/03/01".
int64_t DayNumber(const std::string& date);

// Of at least one value.
double PlainMedian(std::vector<int64_t> values);

// Cents of a decimal with at most four decimals, rounded half away from zero; not below zero.
int64_t PlainCents(const std::string& text);

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_CSV_H_
