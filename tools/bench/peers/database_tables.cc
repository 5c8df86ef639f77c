#include "tools/bench/peers/database_tables.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/metrics/day_number.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {
namespace {

constexpr char kScript[] = "tools/bench/peers/database_tables.py";

// What a command prints; UNAVAILABLE when it fails.
absl::StatusOr<std::string> OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return absl::UnavailableError(absl::StrCat("cannot run ", command));
  std::string output;
  std::array<char, 65'536> buffer;
  while (const size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  if (status == 0) return output;
  return absl::UnavailableError(
      absl::StrCat("\"", command, "\" ended with ", status, "; what it said is above"));
}

DatabaseAnswer ToAnswer(const google::protobuf::Struct& source) {
  DatabaseAnswer answer;
  for (const auto& second : source.fields().at("seconds").list_value().values()) {
    answer.seconds.push_back(second.number_value());
  }
  for (const auto& row : source.fields().at("rows").list_value().values()) {
    const auto& cells = row.list_value().values();
    const auto number = [&cells](int i) { return static_cast<int64_t>(cells[i].number_value()); };
    answer.table[cells[0].string_value()] = {number(1), number(2), number(3)};
  }
  return answer;
}

}  // namespace

absl::StatusOr<DatabaseAnswers> AskDatabases(const std::string& python,
                                             const std::vector<std::string>& databases,
                                             const DatabaseQuestion& question) {
  const absl::StatusOr<std::string> json = OutputOf(absl::StrCat(
      "'", python, "' ", kScript, " '", question.folder, "' ",
      metrics::NumberOfDay(question.as_of_day), " ", metrics::NumberOfDay(question.first_day), " ",
      metrics::NumberOfDay(question.last_day), " ", question.rounds, " ",
      absl::StrJoin(databases, " ")));
  if (!json.ok()) return json.status();
  google::protobuf::Struct found;
  if (!google::protobuf::util::JsonStringToMessage(*json, &found).ok()) {
    return absl::UnavailableError(
        absl::StrCat(kScript, " printed no JSON: ", json->substr(0, 200)));
  }
  DatabaseAnswers answers;
  for (const auto& database : found.fields()) {
    for (const auto& asked : database.second.struct_value().fields()) {
      answers.emplace(absl::StrCat(database.first, "/", asked.first),
                      ToAnswer(asked.second.struct_value()));
    }
  }
  return answers;
}

}  // namespace quotacast::bench
