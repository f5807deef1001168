import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: { input: { main: "src/main.ts", "admin/staff": "src/admin/staff.ts" } },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], restoreMocks: true },
});
