// Reads keys out of TOML tables and remembers every mistake with its path and line.
#ifndef QUOTACAST_SERVICES_INGESTION_TOML_READER_H_
#define QUOTACAST_SERVICES_INGESTION_TOML_READER_H_

// Errors travel as Status; without this toml++ throws.
#define TOML_EXCEPTIONS 0

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "toml++/toml.h"

namespace quotacast::ingestion {

// INVALID_ARGUMENT with reason INVALID_PROFILE and a message that lists all violations.
absl::Status InvalidProfile(std::vector<FieldViolation> violations);

// Getters take the table, its path ("files[0]") and the key. An absent key gives an empty value or
// the fallback, and is a mistake when it is required; so is a value of the wrong type. Not
// thread-safe.
class TomlReader {
 public:
  // Records a mistake at `path`; `where` gives the line and may be null.
  void Complain(std::string_view path, const toml::node* where, std::string_view problem);

  // Complains about every key of `table` that is not among `known`.
  void RefuseOthers(const toml::table& table, std::string_view path,
                    const std::set<std::string_view>& known);

  // A required string must not be empty either.
  std::string String(const toml::table& table, std::string_view path, std::string_view key,
                     bool required);

  bool Bool(const toml::table& table, std::string_view path, std::string_view key, bool fallback);

  // A whole number in [smallest, largest].
  std::optional<int> Int(const toml::table& table, std::string_view path, std::string_view key,
                         bool required, int smallest, int largest);
  std::optional<int> IntOf(const toml::node& node, std::string_view path, int smallest,
                           int largest);

  // A required date, written as a TOML date or as an ISO string.
  std::optional<absl::CivilDay> Date(const toml::table& table, std::string_view path,
                                     std::string_view key);

  std::vector<std::string> Strings(const toml::table& table, std::string_view path,
                                   std::string_view key);

  std::map<std::string, std::string> StringMap(const toml::table& table, std::string_view path,
                                               std::string_view key);

  // Null when absent or no table.
  const toml::table* Table(const toml::table& table, std::string_view path, std::string_view key);

  // The tables of an array of tables ([[key]]), each with its path "key[0]".
  std::vector<std::pair<std::string, const toml::table*>> Tables(const toml::table& table,
                                                                 std::string_view path,
                                                                 std::string_view key);

  // OK, or InvalidProfile with all mistakes.
  absl::Status Verdict() const;

  // "path.key".
  static std::string Join(std::string_view path, std::string_view key);

 private:
  const toml::node* Find(const toml::table& table, std::string_view path, std::string_view key,
                         bool required);

  std::vector<FieldViolation> violations_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_TOML_READER_H_
