// Goal: a track record is what the last back-test of a workspace left, in this process and, from a
// file, in the next one; a broken file hurts nobody. Method: both stores through one test, then
// the file reopened and damaged.
#include "services/simulation/track_records.h"

#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

type::v1::TrackRecord Record(int periods) {
  type::v1::TrackRecord record;
  record.set_period_count(periods);
  record.set_coverage_80(0.75);
  record.set_skill(-0.125);
  record.set_baseline("pipeline conversion (B1)");
  record.mutable_as_of()->set_log_offset(12);
  return record;
}

std::string FreshPath(const std::string& name) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::remove(path.c_str());
  return path;
}

void ExpectTheLastOneCounts(TrackRecords& records) {
  EXPECT_FALSE(records.Get("workspaces/a").has_value());
  ASSERT_TRUE(records.Put("workspaces/a", Record(2)).ok());
  ASSERT_TRUE(records.Put("workspaces/b", Record(3)).ok());
  ASSERT_TRUE(records.Put("workspaces/a", Record(4)).ok());
  EXPECT_EQ(records.Get("workspaces/a")->period_count(), 4);
  EXPECT_EQ(records.Get("workspaces/b")->period_count(), 3);
  EXPECT_FALSE(records.Get("workspaces/c").has_value());
}

TEST(TrackRecords, InMemoryTheLastOneCounts) {
  InMemoryTrackRecords records;
  ExpectTheLastOneCounts(records);
}

TEST(TrackRecords, InAFileTheyOutliveTheProcess) {
  const std::string path = FreshPath("track_records_test_1");
  {
    FileTrackRecords records(path);
    ExpectTheLastOneCounts(records);
  }
  const FileTrackRecords again(path);
  ASSERT_TRUE(again.Get("workspaces/a").has_value());
  EXPECT_EQ(again.Get("workspaces/a")->SerializeAsString(), Record(4).SerializeAsString());
  EXPECT_EQ(again.Get("workspaces/b")->period_count(), 3);
}

TEST(TrackRecords, WhatCannotBeReadIsNone) {
  const std::string path = FreshPath("track_records_test_2");
  {
    FileTrackRecords records(path);
    ASSERT_TRUE(records.Put("workspaces/a", Record(2)).ok());
  }
  std::ofstream(path, std::ios::app) << "workspaces/b\t{\"periodCount\": \"many\"}\nnonsense\n";
  FileTrackRecords damaged(path);
  EXPECT_TRUE(damaged.Get("workspaces/a").has_value());
  EXPECT_FALSE(damaged.Get("workspaces/b").has_value());
  EXPECT_TRUE(damaged.Put("workspaces/b", Record(3)).ok());
}

TEST(TrackRecords, AFolderThatIsNotThereIsSaid) {
  FileTrackRecords records(::testing::TempDir() + "/no such folder/file");
  EXPECT_TRUE(absl::IsUnavailable(records.Put("workspaces/a", Record(2))));
  EXPECT_TRUE(records.Get("workspaces/a").has_value());
}

}  // namespace
}  // namespace quotacast::simulation
