// Goal: rows come out under canonical names, trimmed and translated, whatever the order of the
// columns. Method: one small profile and file; fields are compared one by one. What goes wrong is
// covered by bad_input_test.
#include "services/ingestion/mapped_file.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;

constexpr char kProfile[] = R"toml(
name = "p"
description = "d"
source = "s"
currency = "USD"
[aliases.product_id]
"Pmp" = "Pump"
[[files]]
pattern = "p.csv"
entity = "product"
optional_columns = ["Line"]
[files.columns]
product_id = "Product"
series = "Line"
list_price = "Price"
[files.constants]
currency = "EUR"
)toml";

class MappedFileTest : public testing::Test {
 protected:
  std::vector<std::string> Rows(const std::string& text) {
    const UploadedFile file{"p.csv", {text.substr(0, 5), text.substr(5)}};
    MappedFile mapped(profile_, profile_.files[0], file, report_);
    EXPECT_TRUE(mapped.CheckHeader({&profile_.files[0]}, true));
    std::vector<std::string> rows;
    EXPECT_TRUE(mapped
                    .ForEachRow(
                        true, [] { return false; },
                        [&rows](const MappedRow& row) {
                          std::string text = std::to_string(row.place().line);
                          for (const char* field :
                               {"product_id", "series", "list_price", "currency", "product_name"}) {
                            text += "|" + std::string(row.Get(field));
                          }
                          rows.push_back(text);
                          EXPECT_EQ(row.Column("list_price"), "Price");
                          EXPECT_EQ(row.Column("currency"), "currency");
                        })
                    .ok());
    return rows;
  }

  const ImportProfile profile_ =
      ParseImportProfile(kProfile, [](std::string_view) { return std::nullopt; }).value();
  ImportReport report_;
};

TEST_F(MappedFileTest, MapsTrimsAndTranslates) {
  EXPECT_THAT(Rows(" Price , Product,Line\n 5 ,Pmp,A\n6, Pump,\n"),
              ElementsAre("2|Pump|A|5|EUR|", "3|Pump||6|EUR|"));
  const v1::ImportFilesResponse response = report_.ToResponse();
  EXPECT_EQ(response.problems_size(), 0);
  ASSERT_EQ(response.aliases_size(), 1);
  EXPECT_EQ(response.aliases(0).field(), "Product");
  EXPECT_EQ(response.aliases(0).row_count(), 1);
  EXPECT_EQ(response.files(0).row_count(), 2);
}

TEST_F(MappedFileTest, OptionalColumnMayBeAbsent) {
  EXPECT_THAT(Rows("Product,Price\nPump,5\n"), ElementsAre("2|Pump||5|EUR|"));
}

// A file sent byte by byte cost a string per byte, many times what the limits count.
TEST_F(MappedFileTest, OneByteChunksAreJoined) {
  UploadedFile file{"p.csv", {}};
  std::string expected;
  for (int i = 0; i < 2'500; ++i) {
    expected.push_back(static_cast<char>('a' + i % 26));
    AppendChunk(file, expected.substr(expected.size() - 1), 1'000);
    AppendChunk(file, "", 1'000);
  }
  ASSERT_EQ(file.chunks.size(), 3u);
  EXPECT_EQ(file.chunks[0].size(), 1'000u);
  EXPECT_EQ(file.chunks[0] + file.chunks[1] + file.chunks[2], expected);
  // A piece that would go beyond the limit is not split.
  AppendChunk(file, std::string(501, 'x'), 1'000);
  EXPECT_EQ(file.chunks.size(), 4u);
}

// Files whose lines end with a bare carriage return were told that columns were missing.
TEST_F(MappedFileTest, BareCarriageReturnsAreNamed) {
  const struct {
    std::vector<std::string> chunks;
    std::string reason;
  } cases[] = {
      {{"Product,Price\rPump,5\r"}, "BARE_CARRIAGE_RETURN"},
      {{"Product,Price\r", "\rPump,5"}, "BARE_CARRIAGE_RETURN"},
      {{"Product,\"Price\"\r\"Pump\",5"}, "BARE_CARRIAGE_RETURN"},
      {{"Product,Price\r", "\nPump,5\r\n"}, ""},
      {{"Product,Price\r\r"}, ""},  // A header alone is read as it is.
      {{"Product,Price"}, ""},
  };
  for (const auto& example : cases) {
    const UploadedFile file{"p.csv", example.chunks};
    ImportReport report;
    MappedFile mapped(profile_, profile_.files[0], file, report);
    EXPECT_EQ(mapped.CheckHeader({&profile_.files[0]}, true), example.reason.empty());
    const v1::ImportFilesResponse response = report.ToResponse();
    ASSERT_EQ(response.problems_size(), example.reason.empty() ? 0 : 1);
    if (example.reason.empty()) continue;
    EXPECT_EQ(response.problems(0).reason(), example.reason);
    EXPECT_THAT(response.problems(0).message(), testing::HasSubstr("CSV UTF-8"));
  }
}

// A bad header on line 3 counted as a rejected row: -1 rows were accepted.
TEST_F(MappedFileTest, ABadHeaderAfterBlankLinesIsNoRow) {
  const UploadedFile file{"p.csv", {"\n\nProduct,Cost\nPump,5\n"}};
  report_.AddFile("p.csv", "product");
  MappedFile mapped(profile_, profile_.files[0], file, report_);
  EXPECT_FALSE(mapped.CheckHeader({&profile_.files[0]}, true));
  const v1::ImportFilesResponse response = report_.ToResponse();
  ASSERT_EQ(response.problems_size(), 1);
  EXPECT_EQ(response.problems(0).row(), 3);
  EXPECT_EQ(response.error_count(), 1);
  ASSERT_EQ(response.files_size(), 1);
  EXPECT_EQ(response.files(0).row_count(), 0);
  EXPECT_EQ(response.files(0).accepted_row_count(), 0);
  EXPECT_EQ(response.files(0).rejected_row_count(), 0);
}

TEST_F(MappedFileTest, FingerprintTellsRowsApart) {
  const UploadedFile file{"p.csv", {"Product,Line,Price\na,bc,\nab,c,\na,bc,\n"}};
  MappedFile mapped(profile_, profile_.files[0], file, report_);
  ASSERT_TRUE(mapped.CheckHeader({&profile_.files[0]}, true));
  std::vector<std::string> prints;
  ASSERT_TRUE(mapped
                  .ForEachRow(
                      true, [] { return false; },
                      [&prints](const MappedRow& row) { prints.push_back(row.Fingerprint()); })
                  .ok());
  ASSERT_EQ(prints.size(), 3u);
  EXPECT_NE(prints[0], prints[1]);
  EXPECT_EQ(prints[0], prints[2]);
}

}  // namespace
}  // namespace quotacast::ingestion
