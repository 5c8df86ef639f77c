#include "services/ingestion/toml_reader.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast::ingestion {

absl::Status InvalidProfile(std::vector<FieldViolation> violations) {
  std::string message = "the import profile is not valid";
  for (const FieldViolation& violation : violations) {
    absl::StrAppend(&message, "; ", violation.field, ": ", violation.description);
  }
  ErrorDetail detail;
  detail.reason = "INVALID_PROFILE";
  detail.field_violations = std::move(violations);
  return WithDetail(absl::InvalidArgumentError(message), detail);
}

void TomlReader::Complain(std::string_view path, const toml::node* where,
                          std::string_view problem) {
  const uint32_t line = where == nullptr ? 0 : where->source().begin.line;
  violations_.push_back(
      {std::string(path),
       line == 0 ? std::string(problem) : absl::StrCat(AbslView(problem), " (line ", line, ")")});
}

void TomlReader::RefuseOthers(const toml::table& table, std::string_view path,
                              const std::set<std::string_view>& known) {
  for (auto it = table.cbegin(); it != table.cend(); ++it) {
    if (known.count(it->first.str()) > 0) continue;
    violations_.push_back(
        {Join(path, it->first.str()),
         absl::StrCat("unknown key (line ", it->first.source().begin.line, "); known here: ",
                      absl::StrJoin(known, ", ", [](std::string* out, std::string_view key) {
                        out->append(key);
                      }))});
  }
}

std::string TomlReader::String(const toml::table& table, std::string_view path,
                               std::string_view key, bool required) {
  const toml::node* node = Find(table, path, key, required);
  if (node == nullptr) return "";
  const std::optional<std::string> value = node->value_exact<std::string>();
  if (!value.has_value()) Complain(Join(path, key), node, "must be a string");
  if (value.has_value() && value->empty() && required) {
    Complain(Join(path, key), node, "must not be empty");
  }
  return value.value_or("");
}

bool TomlReader::Bool(const toml::table& table, std::string_view path, std::string_view key,
                      bool fallback) {
  const toml::node* node = Find(table, path, key, false);
  if (node == nullptr) return fallback;
  const std::optional<bool> value = node->value_exact<bool>();
  if (!value.has_value()) Complain(Join(path, key), node, "must be true or false");
  return value.value_or(fallback);
}

std::optional<int> TomlReader::Int(const toml::table& table, std::string_view path,
                                   std::string_view key, bool required, int smallest, int largest) {
  const toml::node* node = Find(table, path, key, required);
  return node == nullptr ? std::nullopt : IntOf(*node, Join(path, key), smallest, largest);
}

std::optional<int> TomlReader::IntOf(const toml::node& node, std::string_view path, int smallest,
                                     int largest) {
  const std::optional<int64_t> value = node.value_exact<int64_t>();
  if (!value.has_value() || *value < smallest || *value > largest) {
    Complain(path, &node, absl::StrCat("must be a whole number from ", smallest, " to ", largest));
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

std::optional<absl::CivilDay> TomlReader::Date(const toml::table& table, std::string_view path,
                                               std::string_view key) {
  const toml::node* node = Find(table, path, key, true);
  if (node == nullptr) return std::nullopt;
  std::string text = node->value_exact<std::string>().value_or("");
  if (const std::optional<toml::date> date = node->value_exact<toml::date>()) {
    text = FormatIsoDate(absl::CivilDay(date->year, date->month, date->day));
  }
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(text);
  if (!day.ok()) {
    Complain(Join(path, key), node, "must be a date such as 2017-09-30");
    return std::nullopt;
  }
  return *day;
}

std::vector<std::string> TomlReader::Strings(const toml::table& table, std::string_view path,
                                             std::string_view key) {
  std::vector<std::string> values;
  const toml::node* node = Find(table, path, key, false);
  if (node == nullptr) return values;
  if (!node->is_array()) {
    Complain(Join(path, key), node, "must be an array of strings");
    return values;
  }
  for (const toml::node& element : *node->as_array()) {
    const std::optional<std::string> value = element.value_exact<std::string>();
    if (!value.has_value()) Complain(Join(path, key), &element, "must be an array of strings");
    if (value.has_value()) values.push_back(*value);
  }
  return values;
}

std::map<std::string, std::string> TomlReader::StringMap(const toml::table& table,
                                                         std::string_view path,
                                                         std::string_view key) {
  std::map<std::string, std::string> values;
  const toml::table* inner = Table(table, path, key);
  if (inner == nullptr) return values;
  for (auto it = inner->cbegin(); it != inner->cend(); ++it) {
    const std::optional<std::string> value = it->second.value_exact<std::string>();
    if (!value.has_value()) {
      Complain(Join(Join(path, key), it->first.str()), &it->second, "must be a string");
    } else {
      values.emplace(it->first.str(), *value);
    }
  }
  return values;
}

const toml::table* TomlReader::Table(const toml::table& table, std::string_view path,
                                     std::string_view key) {
  const toml::node* node = Find(table, path, key, false);
  if (node != nullptr && !node->is_table()) Complain(Join(path, key), node, "must be a table");
  return node == nullptr ? nullptr : node->as_table();
}

std::vector<std::pair<std::string, const toml::table*>> TomlReader::Tables(const toml::table& table,
                                                                           std::string_view path,
                                                                           std::string_view key) {
  std::vector<std::pair<std::string, const toml::table*>> tables;
  const toml::node* node = Find(table, path, key, false);
  if (node == nullptr) return tables;
  if (!node->is_array()) {
    Complain(Join(path, key), node, "must be an array of tables, each begun by [[...]]");
    return tables;
  }
  for (const toml::node& element : *node->as_array()) {
    const std::string element_path = absl::StrCat(Join(path, key), "[", tables.size(), "]");
    if (!element.is_table()) Complain(element_path, &element, "must be a table");
    tables.emplace_back(element_path, element.as_table());
    if (tables.back().second == nullptr) tables.pop_back();
  }
  return tables;
}

absl::Status TomlReader::Verdict() const {
  return violations_.empty() ? absl::OkStatus() : InvalidProfile(violations_);
}

std::string TomlReader::Join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : absl::StrCat(AbslView(path), ".", AbslView(key));
}

const toml::node* TomlReader::Find(const toml::table& table, std::string_view path,
                                   std::string_view key, bool required) {
  const toml::node* node = table.get(key);
  if (node == nullptr && required) Complain(Join(path, key), &table, "is missing");
  return node;
}

}  // namespace quotacast::ingestion
