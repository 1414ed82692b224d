/**
 * How tests run, one project per need: `fast` (nothing but npm packages), `services` (real servers), `spark` (stored answers of a real
 * PySpark), `campaign` (long, `npm run test:recovery` only). The suffix of a test file decides its project.
 */
import { defineConfig } from 'vitest/config';

const SERVICE_TESTS = [
  'test/**/*.{redis,pg,mysql,kafka,s3,kinesis,recovery}.test.ts',
  'test/examples.test.ts',
  'test/examples/**/*.test.ts',
];
const SPARK_TESTS = ['test/**/*.spark.test.ts'];
const CAMPAIGN_TESTS = ['test/**/*.campaign.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...SERVICE_TESTS, ...SPARK_TESTS, ...CAMPAIGN_TESTS],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'services',
          include: SERVICE_TESTS,
          globalSetup: 'test/servers/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'spark', include: SPARK_TESTS, testTimeout: 60_000 } },
      {
        test: {
          name: 'campaign',
          include: CAMPAIGN_TESTS,
          globalSetup: 'test/servers/global-setup.ts',
          testTimeout: 3_600_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
