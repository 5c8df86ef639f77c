#include "clients/cli/kpi_words.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace quotacast::cli {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

const EnumDescriptor& GroupBys() { return *metrics::v1::GroupBy_descriptor(); }
const EnumDescriptor& Comparisons() { return *metrics::v1::KpiComparison_descriptor(); }

// Every value is called after its enum, as the one is that stands for nothing.
std::string Prefix(const EnumDescriptor& type) {
  return std::string(absl::StripSuffix(type.FindValueByNumber(0)->name(), "UNSPECIFIED"));
}

std::string Word(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  return absl::AsciiStrToLower(absl::StripPrefix(value->name(), Prefix(type)));
}

std::vector<std::string> Words(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    if (number != 0) words.push_back(Word(type, number));
  }
  return words;
}

// Neither "Rep" nor what stands for nothing.
std::optional<int> NumberOf(const EnumDescriptor& type, const std::string& word) {
  const std::string name = absl::StrReplaceAll(word, {{"-", "_"}});
  for (int i = 0; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    if (number != 0 && Word(type, number) == name) return number;
  }
  return std::nullopt;
}

}  // namespace

std::string GroupByWord(int group_by) { return Word(GroupBys(), group_by); }

std::vector<std::string> GroupByWords() { return Words(GroupBys()); }

std::optional<metrics::v1::GroupBy> GroupByOfWord(const std::string& word) {
  const std::optional<int> number = NumberOf(GroupBys(), word);
  if (!number) return std::nullopt;
  return static_cast<metrics::v1::GroupBy>(*number);
}

std::string ComparisonWord(int comparison) { return Word(Comparisons(), comparison); }

std::vector<std::string> ComparisonWords() { return Words(Comparisons()); }

std::optional<metrics::v1::KpiComparison> ComparisonOfWord(const std::string& word) {
  const std::optional<int> number = NumberOf(Comparisons(), word);
  if (!number) return std::nullopt;
  return static_cast<metrics::v1::KpiComparison>(*number);
}

std::string InKpiWords(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const EnumDescriptor* type : {&GroupBys(), &Comparisons()}) {
    for (int i = 0; i < type->value_count(); ++i) {
      replacements.emplace_back(type->value(i)->name(), Word(*type, type->value(i)->number()));
    }
  }
  return absl::StrReplaceAll(text, replacements);
}

}  // namespace quotacast::cli
