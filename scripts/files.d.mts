export declare function repositoryFiles(): string[];
